// A look-up on one line, in the words that the timeline, captures and others share.
#pragma once

#include <string>

#include "demuxsim/report/connection_book.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

/// Appends `4-tuple: none; listener *:80 -> nginx (pid 101, fd 3)  [listener-any, examined 0+1]`.
/// `book` has noted what came before. Precondition: the record is of kind demux.
void append_lookup(std::string& out, const TraceRecord& record, const Directory& directory,
                   const ConnectionBook& book);

}  // namespace demuxsim
