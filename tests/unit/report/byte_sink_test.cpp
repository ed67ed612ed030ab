#include "demuxsim/report/byte_sink.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include "support/catch.hpp"

using namespace demuxsim;

TEST_CASE("bytes come out in order, whatever their portions", "[report]") {
  std::string written, expected;
  ByteSink sink(written);
  for (std::size_t i = 0; i < 2000; ++i) {
    const std::string portion(i * 7 % 1000, static_cast<char>('a' + i % 26));
    sink.append(portion);
    expected += portion;
  }
  const std::string larger_than_the_buffer(1'000'000, 'x');
  sink.append(larger_than_the_buffer);
  sink.append("end");
  CHECK(sink.flush());
  CHECK(written == expected + larger_than_the_buffer + "end");
}

TEST_CASE("nothing is written before the buffer is full or flushed", "[report]") {
  std::string written;
  ByteSink sink(written);
  sink.append("one");
  CHECK(written.empty());
  sink.flush();
  CHECK(written == "one");
  CHECK(sink.flush());
  CHECK(written == "one");
}

TEST_CASE("nothing is nothing, before and after something", "[report]") {
  std::string written;
  ByteSink sink(written);
  sink.append({});
  CHECK(sink.flush());
  sink.append("a");
  sink.append({});
  CHECK(sink.flush());
  CHECK(written == "a");
}

TEST_CASE("a line writer puts pieces one behind the other", "[report]") {
  std::string written;
  ByteSink sink(written);
  {
    LineWriter line(sink, 100);
    line.text("literal ");
    line.text(std::string_view("view "));
    line.number(18'446'744'073'709'551'615u);
    line.text(" ");
    line.number(-1);
  }
  sink.flush();
  CHECK(written == "literal view 18446744073709551615 -1");
}

TEST_CASE("a failed write is remembered and ends the output", "[report]") {
  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  ByteSink sink(full);
  sink.append("lost");
  CHECK(sink.error() == 0);
  CHECK_FALSE(sink.flush());
  CHECK(sink.error() == ENOSPC);
  sink.append("more");
  CHECK_FALSE(sink.flush());
  CHECK(sink.error() == ENOSPC);
  ::close(full);
}

TEST_CASE("what is flushed can be read at once", "[report]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ByteSink sink(ends[1]);
  sink.append("through");
  CHECK(sink.flush());
  ::close(ends[1]);
  char buffer[16];
  REQUIRE(::read(ends[0], buffer, sizeof buffer) == 7);
  CHECK(std::string(buffer, 7) == "through");
  ::close(ends[0]);
}
