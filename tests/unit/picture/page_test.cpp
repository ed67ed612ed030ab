// The page as text: that nothing of a scenario gets out of its place, and what stands in the model
// of short and of long runs. What a reader sees of it is tested in tests/browser.
#include "demuxsim/picture/page.hpp"

#include <optional>
#include <string>

#include "demuxsim/scenario/load.hpp"
#include "demuxsim/scenario/run.hpp"
#include "picture/page_model.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr const char* kHosts = R"(
hosts:
  web:   {ip: 10.0.0.1,  processes: {nginx: {listen: {port: 80, reply: 1KiB}}}}
  alice: {ip: 10.0.0.11, processes: {browser: {connect: {to: "web:80", times: 40, request: 9B}}}}
network: {delay: 1ms}
tcp: {msl: 1s}
expect:
  - {count: {state: LISTEN}, equals: 1}
)";

/// A run that is over, and what was kept of it.
class Played {
 public:
  explicit Played(const std::string& title, std::size_t most_segments = Story::kMostSegments)
      : spec_(load(SourceFile{"web.yaml", "scenario: 1\ntitle: " + title + kHosts}).value()),
        run_(spec_),
        story_(most_segments) {
    run_.simulation().trace().attach(story_, Story::kinds());
    while (!run_.advance(1000)) {
    }
    story_.finish();
  }

  SeenRun seen(const std::string& name = "") {
    return {spec_, run_, story_, {{run_.end(), 9, true, "what", "found"}}, {}, "web.yaml", name};
  }
  const Story& story() const { return story_; }
  StatsSink stats() const { return StatsSink(run_.directory(), 8); }

 private:
  ScenarioSpec spec_;
  ScenarioRun run_;
  Story story_;
};

std::string page_of(std::span<const SeenRun> runs) {
  std::string page;
  ByteSink sink(page);
  write_page(sink, runs);
  sink.flush();
  return page;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

/// The numbers of brackets match, outside of strings.
bool is_balanced(const std::string& json) {
  std::string open;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      open += c == '[' ? ']' : '}';
    } else if (c == ']' || c == '}') {
      if (open.empty() || open.back() != c) return false;
      open.pop_back();
    }
  }
  return open.empty() && !in_text;
}

}  // namespace

TEST_CASE("a hostile title stays text") {
  Played played("\"</script><script>alert(1)</script></title><!--\xe2\x80\xa8\"");
  const SeenRun run = played.seen();
  const std::string page = page_of({&run, 1});
  CHECK(count(page, "alert(1)") == 2);
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find("<title>&lt;/script&gt;&lt;script&gt;alert(1)") != std::string::npos);
  CHECK(page.find("\\u003c/script>\\u003cscript>alert(1)") != std::string::npos);
  // Of the run, and of the page's own script.
  CHECK(count(page, "</script>") == 2);
  const std::string model = page_model(run);
  CHECK(model.find('<') == std::string::npos);
  CHECK(model.find("\xe2\x80\xa8") == std::string::npos);
  CHECK(is_balanced(model));
}

TEST_CASE("nothing in a page turns the direction of writing") {
  Played played("\"one \xe2\x80\xae two \xe2\x81\xa6 \xd8\x9c \xc3\xa9\"");
  const SeenRun run = played.seen();
  CHECK(page_model(run).find("\"one ? two ? ? \xc3\xa9\"") != std::string::npos);
  CHECK(count(page_of({&run, 1}), "\xe2\x80\xae") == 0);
}

TEST_CASE("a run beside others has sums, one alone has none") {
  Played played("beside");
  SeenRun run = played.seen("a=1");
  CHECK(count(page_model(run), "\"sums\"") == 0);
  const StatsSink stats = played.stats();
  const PortsUsed ports;
  run.stats = &stats;
  run.ports = &ports;
  const std::string model = page_model(run);
  CHECK(is_balanced(model));
  CHECK(model.find("\"sums\":{\"fates\":[0,0,0],\"keys\":[0,0,0],\"ports\":[]") !=
        std::string::npos);
}

TEST_CASE("the page loads nothing and runs nothing but its own script") {
  Played played("plain");
  const SeenRun run = played.seen();
  const std::string page = page_of({&run, 1});
  CHECK(page.find("default-src 'none'; script-src 'sha256-") != std::string::npos);
  CHECK(page.find("unsafe-inline") == std::string::npos);
  CHECK(count(page, " src=") == 0);
  CHECK(count(page, "{{") == 0);
}

TEST_CASE("a short run is kept whole, a long one with a gap") {
  Played whole("whole");
  const std::string model = page_model(whole.seen());
  CHECK(is_balanced(model));
  CHECK(model.find("\"gap\"") == std::string::npos);
  CHECK(count(model, "{\"t\":") == whole.story().moments().size());

  Played cut("cut", 20);
  const std::string shorter = page_model(cut.seen());
  CHECK(is_balanced(shorter));
  CHECK(shorter.find("\"gap\":{\"moment\":") != std::string::npos);
  CHECK(count(shorter, "{\"t\":") == cut.story().moments().size());
  CHECK(shorter.size() < model.size() / 2);
}

TEST_CASE("the page has the same bytes each time") {
  Played first("twice");
  Played second("twice");
  const SeenRun one = first.seen();
  const SeenRun other = second.seen();
  CHECK(page_of({&one, 1}) == page_of({&other, 1}));
}

TEST_CASE("several runs stand beside each other under their names") {
  Played first("both");
  Played second("both");
  const SeenRun runs[] = {first.seen("style=one"), second.seen("style=two")};
  const std::string page = page_of(runs);
  CHECK(count(page, "<script type=\"application/json\" id=\"run-") == 2);
  CHECK(page.find("\"name\":\"style=one\"") != std::string::npos);
  CHECK(page.find("\"name\":\"style=two\"") != std::string::npos);
}
