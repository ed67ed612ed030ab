// Where a command's answer goes: standard output, or a file that shows up under its name only when
// it is complete.
#pragma once

#include <string>

#include "cli/status.hpp"
#include "demuxsim/report/byte_sink.hpp"

namespace demuxsim::cli {

/// An open descriptor to write to. A regular file is written beside its name and renamed at the
/// end, with the permissions and the owner of the file it replaces; what else a path may name
/// (a device, a pipe) is written to as it comes.
class OutputFile {
 public:
  /// Opens `path`; "-" is standard output. On failure error() is not 0.
  explicit OutputFile(const std::string& path);
  /// Removes what was not put in place.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// -1 when it could not be opened.
  int descriptor() const { return descriptor_; }
  /// The errno of what went wrong, or 0.
  int error() const { return error_; }
  /// Closes the file and gives it its name. False, with error(), when that failed.
  bool put_in_place();
  /// It is to be renamed, and nothing is in it.
  bool is_empty() const;

 private:
  void open_directly(const std::string& path);
  void open_beside(const std::string& path);
  bool copy_ownership();
  bool fail();

  int descriptor_ = -1;
  int error_ = 0;
  std::string target_;     ///< Empty where nothing is renamed.
  std::string temporary_;  ///< The name until then.
};

/// An OutputFile with a buffer before it, and the complaint when something goes wrong.
class Output {
 public:
  /// Complains if the file cannot be opened.
  explicit Output(const std::string& path);

  bool is_open() const { return file_.descriptor() >= 0; }
  int descriptor() const { return file_.descriptor(); }
  ByteSink& sink() { return sink_; }
  /// Writing has failed, so that going on is pointless.
  bool has_failed() const { return sink_.error() != 0; }
  /// Writes what is left and completes the file; after a signal only if there is anything in it.
  /// `status`, or what went wrong with writing:
  /// Status::machine after a complaint, or quietly what a broken pipe stands for.
  Status finish(Status status);

 private:
  void complain_of(int error) const;

  std::string path_;
  OutputFile file_;
  ByteSink sink_;
};

}  // namespace demuxsim::cli
