#include "demuxsim/report/results_json.hpp"

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/json_text.hpp"

namespace demuxsim {

void append_result(std::string& out, const ExpectationResult& result) {
  append_format(out, R"("line":{},"held":{},"what":)", result.line, result.held);
  append_json(out, result.what);
  out += ",\"found\":";
  append_json(out, result.found);
}

void append_summary(std::string& out, const Summary& summary) {
  append_format(out,
                R"("events":{},"segments":{},"connections":{},"failed_expectations":{},)"
                R"("fingerprint":"{:016x}")",
                summary.events, summary.segments, summary.connections, summary.failed_expectations,
                summary.fingerprint);
}

}  // namespace demuxsim
