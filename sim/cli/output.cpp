#include "cli/output.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

#include "cli/terminal.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {

OutputFile::OutputFile(const std::string& path) {
  if (path == "-") {
    descriptor_ = kStandardOutput;
    return;
  }
  struct stat there {};
  const bool exists = ::stat(path.c_str(), &there) == 0;
  if (exists && !S_ISREG(there.st_mode)) {
    open_directly(path);
  } else if (exists && ::access(path.c_str(), W_OK) != 0) {
    fail();  // Renaming would get round the file's own permissions.
  } else {
    open_beside(path);
  }
}

OutputFile::~OutputFile() {
  if (descriptor_ > kStandardError) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::open_directly(const std::string& path) {
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor_ < 0) fail();
}

void OutputFile::open_beside(const std::string& path) {
  // Through symbolic links, so that they stay and what they lead to is replaced.
  std::error_code unresolved;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, unresolved);
  target_ = unresolved || !real.has_filename() ? path : real.string();
  const std::filesystem::path folder = std::filesystem::path(target_).parent_path();
  for (int attempt = 0; attempt < 100; ++attempt) {
    temporary_ = folder / fmt::format(".demuxsim-{}-{}.tmp", ::getpid(), attempt);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ >= 0) {
      if (copy_ownership()) return;
      fail();
      ::close(descriptor_);
      descriptor_ = -1;
      return;
    }
    if (errno != EEXIST) break;
  }
  fail();
  temporary_.clear();  // It is somebody else's.
}

/// Of the file that will be replaced. Only a privileged user may give files away.
bool OutputFile::copy_ownership() {
  struct stat old {};
  if (::stat(target_.c_str(), &old) != 0) return true;
  [[maybe_unused]] const int given = ::fchown(descriptor_, old.st_uid, old.st_gid);
  return ::fchmod(descriptor_, old.st_mode & 07777) == 0;
}

bool OutputFile::is_empty() const {
  struct stat file {};
  return !temporary_.empty() && ::fstat(descriptor_, &file) == 0 && file.st_size == 0;
}

bool OutputFile::put_in_place() {
  if (descriptor_ <= kStandardError) return true;
  const bool closed = ::close(descriptor_) == 0;
  descriptor_ = -1;
  if (!closed) return fail();
  if (temporary_.empty()) return true;
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) return fail();
  temporary_.clear();
  return true;
}

bool OutputFile::fail() {
  error_ = errno;
  return false;
}

Output::Output(const std::string& path) : path_(path), file_(path), sink_(file_.descriptor()) {
  if (!is_open()) complain_of(file_.error());
}

Status Output::finish(Status status) {
  if (!sink_.flush()) {
    if (sink_.error() == EPIPE) return ended_by(SIGPIPE);
    complain_of(sink_.error());
    return Status::machine;
  }
  if (is_of_signal(status) && file_.is_empty()) return status;
  if (file_.put_in_place()) return status;
  complain_of(file_.error());
  return Status::machine;
}

void Output::complain_of(int error) const {
  const std::string name = path_ == "-" ? "standard output" : loading::quote(path_);
  complain(fmt::format("{} cannot be written: {}", name, std::generic_category().message(error)));
}

}  // namespace demuxsim::cli
