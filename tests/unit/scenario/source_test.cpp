#include "demuxsim/scenario/source.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include "demuxsim/scenario/diagnostic.hpp"
#include "scenario/source_places.hpp"
#include "scenario/source_text.hpp"
#include "support/catch.hpp"

namespace demuxsim::loading {
namespace {

namespace fs = std::filesystem;

/// A folder of this test's own, gone afterwards.
class Scratch {
 public:
  Scratch()
      : path_(fs::temp_directory_path() /
              fs::path("demuxsim-source-test-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

TEST_CASE("a file is read byte for byte") {
  const Scratch scratch;
  const std::string path = scratch / "a.yaml";
  const std::string bytes("a\r\n\0\xff", 5);
  std::ofstream(path, std::ios::binary) << bytes;
  const auto source = read_source(path);
  REQUIRE(source.has_value());
  CHECK(source->path == path);
  CHECK(source->text == bytes);
}

TEST_CASE("what cannot be read says why") {
  const Scratch scratch;
  CHECK(read_source(scratch / "nothing").error().message ==
        "cannot be read: No such file or directory");
  CHECK(read_source(scratch / "").error().message == "is a directory, not a scenario file");
  CHECK(!read_source(scratch / "nothing").error().span);
}

TEST_CASE("a file is at most as large as is sensible") {
  const Scratch scratch;
  const std::string path = scratch / "large.yaml";
  std::ofstream(path).put('\n');
  fs::resize_file(path, kLargestSource);
  CHECK(read_source(path).has_value());
  fs::resize_file(path, kLargestSource + 1);
  CHECK(read_source(path).error().message == "is larger than 16 MiB, the most a scenario may have");
}

TEST_CASE("characters are those of RFC 3629") {
  const auto is_one = [](std::string_view text) {
    const Character character = first_character(text);
    return character.valid && character.bytes == text.size();
  };
  CHECK(is_one("a"));
  CHECK(is_one("\xc2\x80"));
  CHECK(is_one("\xe0\xa0\x80"));
  CHECK(is_one("\xf4\x8f\xbf\xbf"));
  CHECK(!is_one("\xc0\x80"));          // Overlong.
  CHECK(!is_one("\xe0\x80\x80"));      // Overlong.
  CHECK(!is_one("\xed\xa0\x80"));      // Surrogate.
  CHECK(!is_one("\xf4\x90\x80\x80"));  // Behind U+10FFFF.
  CHECK(!is_one("\x80"));
  CHECK(!is_one("\xc3"));
  CHECK(first_character("\xe2\x82").bytes == 1);
}

TEST_CASE("places count lines from 1 and columns in characters") {
  Places places("ab\r\n\xc3\xa9xy\n\nlast");
  CHECK(places.span(0) == SourceSpan{1, 1, 1});
  CHECK(places.span(1, 100) == SourceSpan{1, 2, 1});
  CHECK(places.span(4) == SourceSpan{2, 1, 1});
  CHECK(places.span(6, 2) == SourceSpan{2, 2, 2});
  CHECK(places.span(9) == SourceSpan{3, 1, 1});
  CHECK(places.span(10, 4) == SourceSpan{4, 1, 4});
  CHECK(places.span(999) == SourceSpan{4, 5, 1});
  CHECK(places.span(6) == SourceSpan{2, 2, 1});  // Back again.
  CHECK(places.line_start(7) == 4);
  CHECK(places.line_end(0) == 2);
}

TEST_CASE("a byte order mark is no character of the first line") {
  CHECK(line_of("\xef\xbb\xbf"
                "a: 1\nb: 2",
                1) == "a: 1");
  CHECK(
      !find_noise("\xef\xbb\xbf"
                  "a: 1\n"));
}

}  // namespace
}  // namespace demuxsim::loading
