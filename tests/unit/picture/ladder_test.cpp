// What a ladder is made of, and what its three drawings promise.
#include "demuxsim/picture/ladder.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "demuxsim/report/wrap.hpp"
#include "demuxsim/scenario/load.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr std::string_view kTwoHosts = R"(scenario: 1
title: "A & <b>; #1"
hosts:
  web: {ip: 10.0.0.1, processes: {nginx: {listen: 80}, curl: {}}}
  alice: {ip: 10.0.0.11, processes: {browser: {}}}
network: {delay: 5ms}
tcp: {iss: zero, msl: 1s}
)";

/// A scenario that ran to its end, and its ladder.
struct Drawn {
  explicit Drawn(const std::string& text, std::size_t most_segments = 100,
                 bool absolute_seq = false)
      : spec(load({"test.yaml", text}).value()), run(spec), story(most_segments) {
    run.simulation().trace().attach(story, Story::kinds());
    while (!run.advance(1000)) {
    }
    run.simulation().trace().flush();
    story.finish();
    ladder = ladder_of({spec, run, story, {}, {}, "test.yaml", {}, absolute_seq});
  }

  std::string text(const LadderTextOptions& options = {}) const {
    return written([&](ByteSink& out) { write_ladder_text(out, ladder, options); });
  }
  std::string svg() const {
    return written([&](ByteSink& out) { write_ladder_svg(out, ladder); });
  }
  std::string mermaid() const {
    return written([&](ByteSink& out) { write_ladder_mermaid(out, ladder); });
  }

  template <class Write>
  static std::string written(Write write) {
    std::string text;
    ByteSink out(text);
    write(out);
    out.flush();
    return text;
  }

  ScenarioSpec spec;
  ScenarioRun run;
  Story story;
  Ladder ladder;
};

std::string with_timeline(std::string_view steps) {
  return std::string(kTwoHosts) + "timeline:\n" + std::string(steps);
}

const LadderRung& first_of(const Ladder& ladder, RungKind kind) {
  const auto found = std::find_if(ladder.rungs.begin(), ladder.rungs.end(),
                                  [kind](const LadderRung& rung) { return rung.kind == kind; });
  REQUIRE(found != ladder.rungs.end());
  return *found;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

std::size_t widest_line(std::string_view text) {
  std::size_t widest = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    widest = std::max(widest, places(line));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return widest;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

TEST_CASE("a segment has two ends, the process that got it, and the rule") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: alice/browser, connect: \"web:80\", as: a}\n"));
  CHECK(drawn.ladder.columns == std::vector<std::string>{"web", "alice"});
  const LadderRung& sent = first_of(drawn.ladder, RungKind::sent);
  CHECK(sent.column == 1);
  CHECK(sent.far == 0);
  CHECK(sent.at == kStart);
  CHECK(sent.states == std::vector<std::string>{"SYN-SENT"});
  CHECK(sent.label.within(100) == "49152 > 80 [S] seq 0");
  REQUIRE(sent.pair < drawn.ladder.rungs.size());
  const LadderRung& received = drawn.ladder.rungs[sent.pair];
  CHECK(received.kind == RungKind::received);
  CHECK(received.at == kStart + std::chrono::milliseconds{5});
  CHECK(received.process == "nginx");
  CHECK(received.rule == "listener-any");
  CHECK(received.states == std::vector<std::string>{"SYN-RECEIVED"});
  CHECK(&drawn.ladder.rungs[received.pair] == &sent);
}

TEST_CASE("a label tells as much as it has room for") {
  SegmentLabel label;
  label.ports = "1 > 2";
  label.flags = "[P.]";
  label.seq = "seq 1:201";
  label.ack = "ack 1";
  label.length = "length 200";
  CHECK(label.within(99) == "1 > 2 [P.] seq 1:201, ack 1, length 200");
  CHECK(label.within(33) == "1 > 2 [P.] seq 1:201, length 200");
  CHECK(label.within(25) == "1 > 2 [P.] seq 1:201");
  CHECK(label.within(10) == "1 > 2 [P.]");
  CHECK(label.within(9) == "[P.]");
  CHECK(label.within(3).empty());
  CHECK(label.within_with_mark(39) == "1 > 2 [P.] seq 1:201, ack 1, length 200");
  CHECK(label.within_with_mark(38) == "1 > 2 [P.] seq 1:201, length 200 \u2026");
  CHECK(label.within_with_mark(33) == "1 > 2 [P.] seq 1:201 \u2026");
  CHECK(label.within_with_mark(12) == "1 > 2 [P.] \u2026");
  CHECK(label.within_with_mark(6) == "[P.] \u2026");
  CHECK(label.within_with_mark(5) == "[P.]");
  CHECK(label.within_with_mark(3).empty());
}

TEST_CASE("sequence numbers are as they travel where that is wanted") {
  std::string text =
      with_timeline("  - {at: 0ms, by: alice/browser, connect: \"web:80\", as: a}\n");
  text.replace(text.find("iss: zero"), 9, "iss: rfc6528");
  const Drawn drawn(text, 100, true);
  const LadderRung& syn = first_of(drawn.ladder, RungKind::sent);
  const auto sent =
      std::find_if(drawn.story.records().begin(), drawn.story.records().end(),
                   [](const StoryRecord& story) { return story.record.segment.id == 1; });
  REQUIRE(sent->record.segment.seq.value != 0);
  const std::string seq = fmt::format("seq {}", sent->record.segment.seq.value);
  CHECK(syn.label.seq == seq);
  for (const std::string& drawing : {drawn.text(), drawn.svg(), drawn.mermaid()}) {
    CHECK(has(drawing, seq));
    CHECK(has(drawing, fmt::format("ack {}", sent->record.segment.seq.value + 1)));
    CHECK_FALSE(has(drawing, "seq 0"));
  }
}

TEST_CASE("what has no way is lost, and what is forged says so") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: alice/browser, connect: \"10.0.0.99:80\", as: a}\n"
                    "  - {at: 1ms, by: alice, inject: {from: \"10.0.0.1:5\", to: \"web:81\", "
                    "flags: RST, seq: 9}}\n"));
  const LadderRung& lost = first_of(drawn.ladder, RungKind::lost);
  CHECK(lost.drop == "no-route");
  CHECK(lost.column == 1);
  CHECK(lost.far == LadderRung::kNowhere);
  const auto forged = std::find_if(drawn.ladder.rungs.begin(), drawn.ladder.rungs.end(),
                                   [](const LadderRung& rung) { return rung.forged; });
  REQUIRE(forged != drawn.ladder.rungs.end());
  CHECK(forged->column == 1);
  CHECK(has(forged->label.ports, "10.0.0.1:5 > 81"));
  CHECK(has(drawn.svg(), ">forged sender<"));
  CHECK(has(drawn.mermaid(), "h1-xnowhere: "));
  CHECK(has(drawn.text(), "no-route ✗"));
}

TEST_CASE("a label names an address that the host's name does not stand for") {
  const Drawn drawn(R"(scenario: 1
hosts:
  web: {ip: [10.0.0.1, "2001:db8::1", 10.0.0.2, 10.0.0.3], processes: {nginx: {listen: 80}}}
  alice: {ip: ["2001:db8::11", 10.0.0.11], processes: {browser: {}}}
network: {delay: 5ms}
tcp: {iss: zero, msl: 1s}
until: 500ms
timeline:
  - {at: 0ms, by: alice/browser, connect: "[2001:db8::1]:80", as: a}
  - {at: 100ms, by: alice/browser, connect: "10.0.0.1:80", as: b}
  - {at: 200ms, by: alice/browser, connect: "10.0.0.99:80", as: c}
)");
  CHECK(drawn.ladder.addresses ==
        std::vector<std::vector<std::string>>{{"10.0.0.1", "2001:db8::1", "and 2 more"},
                                              {"2001:db8::11", "10.0.0.11"}});
  std::vector<std::string> ports;
  for (const LadderRung& rung : drawn.ladder.rungs) {
    if (rung.kind == RungKind::sent) ports.push_back(rung.label.ports);
  }
  REQUIRE(ports.size() == 7);
  CHECK(ports[0] == "49152 > [2001:db8::1]:80");
  CHECK(ports[1] == "[2001:db8::1]:80 > 49152");
  CHECK(ports[3] == "10.0.0.11:49153 > 80");
  CHECK(ports[6] == "10.0.0.11:49154 > 10.0.0.99:80");
  const LadderRung& lost = first_of(drawn.ladder, RungKind::lost);
  CHECK(lost.label.addressed == "10.0.0.11:49154 > 10.0.0.99:80");
  CHECK(lost.label.within(34) == "10.0.0.11:49154 > 10.0.0.99:80 [S]");
  for (const std::string& drawing : {drawn.text(), drawn.text({.width = 60}), drawn.mermaid()}) {
    CHECK(has(drawing, "> [2001:db8::1]:80 [S]"));
    CHECK(has(drawing, "> 10.0.0.99:80 [S]"));
  }
  CHECK(has(drawn.svg(), "&gt; [2001:db8::1]:80 [S]"));
  CHECK(has(drawn.svg(), "&gt; 10.0.0.99:80 [S]"));
  CHECK(has(drawn.svg(), ">and 2 more<"));
  CHECK(has(drawn.text(), "and 2 more"));
}

TEST_CASE("a host that talks to itself has loops") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: web/curl, connect: \"127.0.0.1:80\", as: a}\n"));
  CHECK(first_of(drawn.ladder, RungKind::sent).is_loop());
  CHECK(has(drawn.text(), "┐"));
  CHECK(has(drawn.mermaid(), "h0->>h0: "));
}

TEST_CASE("the label of a loop lies above those of later arrows") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: web/curl, connect: \"127.0.0.1:80\", as: a}\n"
                    "  - {at: 0ms, by: web, inject: {from: \"web:5\", to: \"alice:81\", "
                    "flags: RST, seq: 9}}\n"));
  CHECK(drawn.ladder.addresses.front() == std::vector<std::string>{"10.0.0.1"});
  const std::string svg = drawn.svg();
  const auto y_of = [&](std::string_view label) {
    const std::size_t at = svg.find(label);
    REQUIRE(at != svg.npos);
    return std::stoi(svg.substr(svg.rfind(" y='", at) + 4));
  };
  CHECK(y_of(">5 &gt; 81 [R]") >= y_of(">127.0.0.1:49152 &gt; 127.0.0.1:80 [S]") + 12);
}

TEST_CASE("an end that closes while a segment leaves is told after it") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: alice/browser, connect: \"web:80\", as: a}\n"
                    "  - {at: 30ms, socket: a, close: true}\n"));
  std::size_t told = 0;
  for (const LadderRung& rung : drawn.ladder.rungs) {
    if (rung.call != "browser: close()") continue;
    ++told;
    CHECK(rung.kind == RungKind::sent);
    CHECK(rung.label.flags == "[F.]");
    CHECK(rung.states == std::vector<std::string>{"FIN-WAIT-1"});
  }
  CHECK(told == 1);
}

TEST_CASE("the child of a listener that is reset does not listen") {
  // What answers from another port is a stranger to the caller, who resets it.
  const Drawn drawn(R"(scenario: 1
hosts:
  web:
    ip: 10.0.0.1
    ephemeral: 60000-60000
    processes: {nginx: {listen: {port: 80, setup: switch-port}}}
  alice: {ip: 10.0.0.11, processes: {browser: {}}}
network: {delay: 5ms}
tcp: {iss: zero, msl: 1s}
until: 500ms
timeline:
  - {at: 0ms, by: alice/browser, connect: "web:80", as: a}
)");
  const auto reset = std::find_if(
      drawn.ladder.rungs.begin(), drawn.ladder.rungs.end(),
      [](const LadderRung& rung) { return rung.label.is_reset && !rung.rule.empty(); });
  REQUIRE(reset != drawn.ladder.rungs.end());
  CHECK(reset->states == std::vector<std::string>{"back to LISTEN"});
  for (const std::string& drawing : {drawn.text(), drawn.svg(), drawn.mermaid()}) {
    CHECK(has(drawing, "back to LISTEN"));
    CHECK_FALSE(has(drawing, "LISTEN on 10.0.0.1:60000"));
  }
}

TEST_CASE("a gap is a rung of its own") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: alice/browser, connect: \"web:80\", as: a}\n"
                    "  - {at: 20ms, socket: a, send: 100B, times: 50, every: 20ms}\n"),
      20);
  const LadderRung& gap = first_of(drawn.ladder, RungKind::gap);
  CHECK(has(gap.note, "segments left out"));
  for (const std::string& drawing : {drawn.text(), drawn.svg(), drawn.mermaid()}) {
    CHECK(has(drawing, "segments left out"));
  }
  // In words, for those who do not see the drawing.
  CHECK(drawn.ladder.segments == drawn.story.segments());
  const auto shown =
      std::count_if(drawn.ladder.rungs.begin(), drawn.ladder.rungs.end(),
                    [](const LadderRung& rung) { return rung.kind == RungKind::sent; });
  CHECK(has(drawn.svg(), fmt::format("{} TCP segments between web, alice", drawn.ladder.segments)));
  CHECK(has(drawn.svg(), fmt::format(" {} of them are shown", shown)));
}

TEST_CASE("what is left out is not called on its way") {
  std::string text = with_timeline(
      "  - {at: 0ms, by: alice/browser, connect: \"web:80\", as: a}\n"
      "  - {at: 20ms, socket: a, send: 100B, times: 50, every: 1ms}\n");
  text.insert(text.find("iss: zero"), "nagle: off, ");
  const Drawn cut(text, 20);
  const LadderRung& gap = first_of(cut.ladder, RungKind::gap);
  std::size_t left_out = 0;
  for (const LadderRung& rung : cut.ladder.rungs) {
    const bool is_open = rung.kind == RungKind::sent && rung.pair == LadderRung::kNoRung;
    CHECK(rung.fate == (is_open ? "arrival left out" : ""));
    if (is_open) ++left_out;
    if (is_open) CHECK(&rung < &gap);
  }
  CHECK(left_out > 0);
  for (const std::string& drawing :
       {cut.text(), cut.text({.width = 20}), cut.svg(), cut.mermaid()}) {
    CHECK(has(drawing, "left out"));
    CHECK_FALSE(has(drawing, "on its way"));
  }
  CHECK(has(cut.mermaid(), ", arrival left out)\n"));
  CHECK(has(cut.mermaid(), "(... - "));
  CHECK(has(cut.svg(), ">arrival left out<"));

  const Drawn ended(std::string(text).replace(text.find("timeline:"), 0, "until: 32ms\n"));
  for (const std::string& drawing : {ended.text(), ended.svg(), ended.mermaid()}) {
    CHECK(has(drawing, "on its way"));
    CHECK_FALSE(has(drawing, "left out"));
  }
}

TEST_CASE("text keeps to its width and to ASCII where that is wanted") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: alice/browser, connect: \"web:80\", as: a}\n"
                    "  - {at: 30ms, socket: a, send: 100B}\n"
                    "  - {at: 60ms, socket: a, close: true}\n"));
  for (const std::size_t width : {16u, 24u, 30u, 40u, 57u, 80u, 120u, 300u}) {
    CAPTURE(width);
    const std::string text = drawn.text({.width = width});
    CHECK(widest_line(text) <= width);
    CHECK(has(text, "[S]"));
    const std::string plain = drawn.text({.width = width, .ascii = true});
    CHECK(is_ascii(plain));
    CHECK(widest_line(plain) <= width);
  }
}

TEST_CASE("heads stand apart and say where something is missing") {
  const Drawn drawn(R"(scenario: 1
hosts:
  mail-server: {ip: "2001:db8:1111:2222:3333:4444:5555:6666", processes: {smtp: {listen: 25}}}
  database-server: {ip: "2001:db8:1111:2222:3333:4444:5555:7777", processes: {db: {listen: 80}}}
  client-with-a-long-name: {ip: "2001:db8::1", count: 30, processes: {p: {}}}
network: {delay: 5ms}
timeline:
  - {at: 0ms, by: client-with-a-long-name.1/p, connect: "mail-server:25", as: a}
  - {at: 0ms, by: client-with-a-long-name.2/p, connect: "database-server:80", as: b}
)");
  for (const std::size_t width : {50u, 60u, 80u, 120u, 160u}) {
    CAPTURE(width);
    const std::string text = drawn.text({.width = width, .ascii = true});
    INFO(text);
    CHECK(widest_line(text) <= width);
    std::string head = text.substr(0, text.find('\n'));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < head.size();) {
      const std::size_t start = head.find_first_not_of(' ', i);
      // `host x30` is one name.
      std::size_t end = std::min(head.find(' ', start), head.size());
      if (head.compare(end, 2, " x") == 0) end = std::min(head.find(' ', end + 1), head.size());
      names.push_back(head.substr(start, end - start));
      i = end;
    }
    REQUIRE(names.size() == drawn.ladder.columns.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      CAPTURE(names[i]);
      const std::string& column = drawn.ladder.columns[i];
      const std::size_t cut = names[i].find("...");
      const bool is_cut = cut != std::string::npos;
      CHECK(names[i].substr(0, cut) == column.substr(0, cut));
      CHECK((is_cut || names[i] == column));
      if (is_cut && cut + 3 < names[i].size()) CHECK(column.ends_with(names[i].substr(cut + 3)));
    }
  }
}

TEST_CASE("words beside a line do not break within") {
  const Drawn drawn(R"(scenario: 1
hosts:
  web: {ip: 10.0.0.1, processes: {nginx: {listen: 80}}}
  alice: {ip: 10.0.0.11, processes: {browser: {}}}
  bob: {ip: 10.0.0.12, processes: {a_browser_with_a_name: {}}}
network: {delay: 5ms}
timeline:
  - {at: 0ms, by: alice/browser, connect: "web:80", as: a}
  - {at: 30ms, by: bob/a_browser_with_a_name, connect: "web:80", as: b}
)");
  const std::string text = drawn.text({.width = 40});
  INFO(text);
  for (const std::string_view word : {"ESTABLISHED", "RECEIVED", "listener-", "browser"}) {
    CHECK(has(text, word));
  }
  CHECK(has(text, "…"));
}

TEST_CASE("a window of rungs points at the one that is meant") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: alice/browser, connect: \"web:80\", as: a}\n"));
  for (std::size_t moment = 0; moment < drawn.story.moments().size(); ++moment) {
    const std::size_t rung = drawn.ladder.rung_of(moment);
    const std::string text = drawn.text({.first = rung, .count = 1, .marked = rung});
    CHECK(has(text, "\n>"));
  }
  CHECK(drawn.text({.first = 1000, .count = 3}).find("[S]") == std::string::npos);
}

TEST_CASE("the title stands above a text that is on its own") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: alice/browser, connect: \"web:80\", as: a}\n"));
  CHECK(drawn.text({.titled = true}) == "A & <b>; #1\n\n" + drawn.text());
  CHECK(has(drawn.text({.width = 16, .titled = true}), "A & <b>; #1\n\n  0.000000"));
  std::string untitled = with_timeline("  - {at: 0ms, by: web, reboot: true}\n");
  untitled.erase(untitled.find("title:"), std::string_view("title: \"A & <b>; #1\"\n").size());
  const Drawn bare(untitled);
  CHECK(bare.text({.titled = true}) == bare.text());
  CHECK_FALSE(has(bare.svg(), "class='o'"));
}

TEST_CASE("names cannot break out of an SVG or a Mermaid diagram") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: alice/browser, connect: \"web:80\", as: a}\n"));
  CHECK(has(drawn.svg(), "<title>A &amp; &lt;b&gt;; #1</title>"));
  CHECK(has(drawn.svg(), "<text class='o' x='14' y='20'>A &amp; &lt;b&gt;; #1</text>"));
  const std::string mermaid = drawn.mermaid();
  CHECK(mermaid.starts_with("sequenceDiagram\n    title A #38; #60;b>#59; #35;1\n"));
}

TEST_CASE("every line of a Mermaid diagram has one of the forms of its grammar") {
  const Drawn drawn(
      with_timeline("  - {at: 0ms, by: alice/browser, connect: \"web:80\", as: a}\n"
                    "  - {at: 30ms, socket: a, send: 9000B}\n"
                    "  - {at: 60ms, socket: a, close: true}\n"));
  const std::string text = drawn.mermaid();
  std::string_view rest = text;
  rest.remove_prefix(rest.find('\n') + 1);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    CAPTURE(line);
    const std::string_view body = line.substr(4);
    const bool is_arrow = body.starts_with('h') && has(body, ": ") &&
                          (has(body, "->>h") || has(body, "-xh") || has(body, "-)h"));
    const bool is_note = body.starts_with("Note left of h") ||
                         body.starts_with("Note right of h") || body.starts_with("Note over h");
    CHECK((is_arrow || is_note || body.starts_with("participant h") || body.starts_with("title ")));
  }
}
