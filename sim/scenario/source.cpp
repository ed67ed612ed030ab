#include "demuxsim/scenario/source.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fmt/core.h>

#include "demuxsim/scenario/diagnostic.hpp"

namespace demuxsim {
namespace {

struct Closer {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, Closer>;

Diagnostic about_whole_file(std::string message) { return {{}, std::move(message), {}, {}}; }

Diagnostic cannot_read(int error) {
  return about_whole_file("cannot be read: " + std::generic_category().message(error));
}

/// Fills `text`; false after an error, with errno telling which.
bool read_all(std::FILE* file, std::string& text) {
  char block[1 << 16];
  while (text.size() <= kLargestSource) {
    const std::size_t count = std::fread(block, 1, sizeof block, file);
    text.append(block, count);
    if (count < sizeof block) return std::ferror(file) == 0;
  }
  return true;
}

}  // namespace

Result<SourceFile, Diagnostic> read_source(const std::string& path) {
  const bool standard_input = path == "-";
  std::error_code ignored;
  if (!standard_input && std::filesystem::is_directory(path, ignored)) {
    return failure(about_whole_file("is a directory, not a scenario file"));
  }
  const File file{standard_input ? stdin : std::fopen(path.c_str(), "rb")};
  if (!file) return failure(cannot_read(errno));
  SourceFile source{standard_input ? "<stdin>" : path, {}};
  errno = 0;
  if (!read_all(file.get(), source.text)) return failure(cannot_read(errno));
  if (source.text.size() > kLargestSource) {
    return failure(about_whole_file(
        fmt::format("is larger than {} MiB, the most a scenario may have", kLargestSource >> 20)));
  }
  return source;
}

}  // namespace demuxsim
