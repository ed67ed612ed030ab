#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/decode_filter.hpp"
#include "scenario/decode_record.hpp"
#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

using What = decltype(ExpectSpec::what);

constexpr std::array<std::string_view, 6> kForms{"socket",  "port",  "count",
                                                 "segment", "share", "examined"};

constexpr std::array<std::string_view, 19> kAllKeys{
    "at",      "when",         "socket", "local",  "peer",     "state",   "port",
    "class",   "owner",        "count",  "equals", "at_least", "at_most", "between",
    "segment", "delivered_to", "rule",   "share",  "examined"};

constexpr std::array kPortClasses{
    Word<PortClass>{name_of(PortClass::well_known), PortClass::well_known},
    Word<PortClass>{name_of(PortClass::registered), PortClass::registered},
    Word<PortClass>{name_of(PortClass::ephemeral), PortClass::ephemeral}};

template <class T, class Decode>
void read_optional(const Record& record, std::string_view key, std::optional<T>& into,
                   const Decode& decode) {
  T value{};
  if (record.read(key, value, decode)) into = std::move(value);
}

/// Complains about an expectation that expects nothing.
bool check_expects(const Record& record, std::initializer_list<std::string_view> keys,
                   Draft& draft) {
  const bool any = std::any_of(keys.begin(), keys.end(), [&](std::string_view key) {
    return record.has(key) || record.is_misspelt(key);
  });
  if (any) return true;
  draft.diagnostics.add(record.span(), "this expects nothing").help =
      fmt::format("say {}", alternatives({keys.begin(), keys.size()}));
  return false;
}

std::optional<What> decode_socket_expect(const ValueNode& node, Draft& draft) {
  const Record record(node, "an expectation of a socket",
                      {"at", "when", "socket", "local", "peer", "state"}, draft.diagnostics);
  SocketExpect expect;
  const bool named = record.read("socket", expect.socket, in<decode_one_socket>(draft));
  read_optional(record, "local", expect.local, in<decode_pattern>(draft));
  read_optional(record, "peer", expect.peer, in<decode_pattern>(draft));
  read_optional(record, "state", expect.state, decode_state);
  if (!check_expects(record, {"local", "peer", "state"}, draft) || !named) return std::nullopt;
  return expect;
}

/// A state, `free` or `bound`.
void decode_port_state(const ValueNode& node, PortExpect& expect,
                       DiagnosticCollector& diagnostics) {
  std::array<std::string_view, kTcpStateCount + 2> words{"free", "bound"};
  std::copy(kTcpStateNames.begin(), kTcpStateNames.end(), words.begin() + 2);
  const auto text = text_of(node, "a state, free or bound", diagnostics);
  if (!text) return;
  expect.free = *text == "free";
  expect.bound = *text == "bound";
  expect.state = tcp_state_from(*text);
  if (!expect.free && !expect.bound && !expect.state) {
    complain_about_word(node, "state", words, diagnostics);
  }
}

std::optional<What> decode_port_expect(const ValueNode& node, Draft& draft) {
  const Record record(node, "an expectation of a port",
                      {"at", "when", "port", "class", "state", "owner"}, draft.diagnostics);
  PortExpect expect;
  HostPort place{};
  const bool placed = record.read("port", place, in<decode_host_port>(draft));
  expect.host = place.host;
  expect.port = place.port;
  read_optional(record, "class", expect.port_class,
                [](const ValueNode& value, DiagnosticCollector& diagnostics) {
                  return decode_word(value, "class of ports", kPortClasses, diagnostics);
                });
  if (const ValueNode* const state = record.find("state")) {
    decode_port_state(*state, expect, draft.diagnostics);
  }
  read_optional(record, "owner", expect.owner, in<decode_process_name>(draft));
  if (!check_expects(record, {"class", "state", "owner"}, draft) || !placed) return std::nullopt;
  return expect;
}

/// A number as it is compared with counts.
std::optional<Ratio> decode_number(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto number = decode_whole(node, diagnostics);
  if (!number) return std::nullopt;
  return Ratio{*number, 1};
}

using DecodeBound = std::optional<Ratio> (*)(const ValueNode&, DiagnosticCollector&);

bool is_less(Ratio a, Ratio b) {
  return Wide{a.numerator} * b.denominator < Wide{b.numerator} * a.denominator;
}

void decode_between(const ValueNode& node, Bounds& bounds, DecodeBound decode,
                    DiagnosticCollector& diagnostics) {
  if (node.is_broken()) return;
  if (!node.is_list() || node.items.size() != 2) {
    complain(diagnostics, node, "expected two bounds such as [20%, 30%]");
    return;
  }
  bounds.at_least = decode(node.items[0], diagnostics);
  bounds.at_most = decode(node.items[1], diagnostics);
}

/// `equals`, `at_least`, `at_most`, `between`.
Bounds decode_bounds(const Record& record, DecodeBound decode, Draft& draft) {
  Bounds bounds;
  for (const std::string_view other : {"at_least", "at_most", "between"}) {
    record.exclude("equals", other);
    if (other != "between") record.exclude("between", other);
  }
  read_optional(record, "equals", bounds.at_least, decode);
  bounds.at_most = bounds.at_least;
  read_optional(record, "at_least", bounds.at_least, decode);
  read_optional(record, "at_most", bounds.at_most, decode);
  if (const ValueNode* const between = record.find("between")) {
    decode_between(*between, bounds, decode, draft.diagnostics);
  }
  check_expects(record, {"equals", "at_least", "at_most", "between"}, draft);
  if (bounds.at_least && bounds.at_most && is_less(*bounds.at_most, *bounds.at_least)) {
    draft.diagnostics.add(record.span(), "nothing lies between these bounds");
  }
  return bounds;
}

std::optional<What> decode_count_expect(const ValueNode& node, Draft& draft) {
  const Record record(node, "an expectation of a count",
                      {"at", "when", "count", "equals", "at_least", "at_most", "between"},
                      draft.diagnostics);
  CountExpect expect;
  expect.bounds = decode_bounds(record, decode_number, draft);
  auto filter = decode_filter(*record.find("count"), draft);
  if (!filter) return std::nullopt;
  expect.what = std::move(*filter);
  return expect;
}

std::optional<What> decode_segment_expect(const ValueNode& node, Draft& draft) {
  const Record record(node, "an expectation of a segment",
                      {"at", "when", "segment", "delivered_to", "rule"}, draft.diagnostics);
  SegmentExpect expect;
  const bool chosen = record.read("segment", expect.segment, in<decode_segment_filter>(draft));
  const ValueNode* const receiver = record.find("delivered_to");
  if (receiver != nullptr && receiver->is_scalar() && receiver->text == "nobody") {
    expect.to_nobody = true;
  } else if (receiver != nullptr) {
    expect.delivered_to = decode_process_name(*receiver, draft);
  }
  read_optional(record, "rule", expect.rule, decode_rule);
  if (!check_expects(record, {"delivered_to", "rule"}, draft) || !chosen) return std::nullopt;
  return expect;
}

std::optional<What> decode_share_expect(const ValueNode& node, Draft& draft) {
  const Record record(node, "an expectation of a share",
                      {"at", "when", "share", "equals", "at_least", "at_most", "between"},
                      draft.diagnostics);
  ShareExpect expect;
  expect.bounds = decode_bounds(record, decode_share, draft);
  const Record share(*record.find("share"), "a share", {"process", "port"}, draft.diagnostics);
  const bool process = share.need("process") != nullptr &&
                       share.read("process", expect.process, in<decode_process_name>(draft));
  const bool port = share.need("port") != nullptr && share.read("port", expect.port, decode_port);
  if (!process || !port) return std::nullopt;
  return expect;
}

/// A number with at most three decimals.
std::optional<Ratio> decode_mean(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto text = text_of(node, "a number such as 53.6", diagnostics);
  if (!text) return std::nullopt;
  constexpr std::size_t kMostDecimals = 3;
  const std::size_t point = std::min(text->find('.'), text->size());
  const std::string_view decimals = text->substr(std::min(point + 1, text->size()));
  ValueNode digits = node;
  digits.text = text->substr(0, point);
  const auto whole = decode_whole(digits, diagnostics);
  if (!whole) return std::nullopt;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool fits = decimals.size() <= kMostDecimals && *whole < 1'000'000'000'000 &&
                    (point == text->size() || !decimals.empty()) &&
                    std::all_of(decimals.begin(), decimals.end(), is_digit);
  if (!fits) {
    complain(diagnostics, node,
             fmt::format("{} is no number with up to three decimals", quote(*text)));
    return std::nullopt;
  }
  Ratio number{*whole, 1};
  for (const char digit : decimals) {
    number.numerator = number.numerator * 10 + static_cast<std::uint64_t>(digit - '0');
    number.denominator *= 10;
  }
  return number;
}

std::optional<What> decode_examined_expect(const ValueNode& node, Draft& draft) {
  const Record record(node, "an expectation of keys examined",
                      {"at", "when", "examined", "equals", "at_least", "at_most", "between"},
                      draft.diagnostics);
  ExaminedExpect expect;
  expect.bounds = decode_bounds(record, decode_mean, draft);
  if (!record.read("examined", expect.segment, in<decode_segment_filter>(draft))) {
    return std::nullopt;
  }
  if (expect.segment.dropped) {
    draft.diagnostics.add(record.span(), "a segment that was dropped was not looked up");
  }
  return expect;
}

std::optional<What> decode_what(const ValueNode& node, Draft& draft) {
  const auto is_form = [](const ValueNode& item) {
    return std::find(kForms.begin(), kForms.end(), item.key) != kForms.end();
  };
  if (std::count_if(node.items.begin(), node.items.end(), is_form) != 1) {
    (void)Record(node, "an expectation", kAllKeys, draft.diagnostics).one_of(kForms);
    return std::nullopt;
  }
  if (find(node, "socket") != nullptr) return decode_socket_expect(node, draft);
  if (find(node, "count") != nullptr) return decode_count_expect(node, draft);
  if (find(node, "segment") != nullptr) return decode_segment_expect(node, draft);
  if (find(node, "share") != nullptr) return decode_share_expect(node, draft);
  if (find(node, "examined") != nullptr) return decode_examined_expect(node, draft);
  return decode_port_expect(node, draft);
}

void decode_expect(const ValueNode& node, Draft& draft) {
  const bool part = takes_part(node, draft);
  draft.names_matter = part;
  ExpectSpec expect;
  expect.span = node.span;
  if (const ValueNode* const at = find(node, "at")) {
    expect.at = decode_instant(*at, draft.diagnostics);
  }
  auto what = decode_what(node, draft);
  draft.names_matter = true;
  if (!what || !part) return;
  expect.what = std::move(*what);
  expect.text = one_line(node, "when");
  draft.spec.expects.push_back(std::move(expect));
}

}  // namespace

void decode_expects(const ValueNode& node, Draft& draft) {
  if (node.is_nothing() || node.is_broken()) return;
  if (!node.is_list()) {
    complain(draft.diagnostics, node,
             fmt::format("expected a list of expectations, found {}", describe(node)));
    return;
  }
  for (const ValueNode& item : node.items) decode_expect(item, draft);
}

}  // namespace demuxsim::loading
