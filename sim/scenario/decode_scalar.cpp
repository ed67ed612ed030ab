#include "scenario/decode_scalar.hpp"

#include <algorithm>

#include "scenario/decode_port.hpp"

namespace demuxsim::loading {
namespace {

/// Decodes by a function on texts.
template <class T>
std::optional<T> decode_by(Parsed<T> (*parse)(std::string_view), std::string_view what,
                           const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto text = text_of(node, what, diagnostics);
  if (!text) return std::nullopt;
  Parsed<T> parsed = parse(*text);
  if (parsed) return std::move(*parsed);
  complain(diagnostics, node, parsed.error());
  return std::nullopt;
}

}  // namespace

Diagnostic& complain(DiagnosticCollector& diagnostics, const ValueNode& node, std::string message,
                     std::string help) {
  Diagnostic& diagnostic = diagnostics.add(node.span, std::move(message));
  diagnostic.help = std::move(help);
  if (node.substituted && node.parameter) {
    diagnostic.notes.push_back({node.parameter, "the value comes from here"});
  } else if (node.substituted) {
    diagnostic.notes.push_back({{}, "the value was set in place of the file's"});
  }
  return diagnostic;
}

std::optional<std::string_view> text_of(const ValueNode& node, std::string_view what,
                                        DiagnosticCollector& diagnostics) {
  if (node.is_scalar()) return node.text;
  if (!node.is_broken()) {
    complain(diagnostics, node, fmt::format("expected {}, found {}", what, describe(node)));
  }
  return std::nullopt;
}

std::optional<std::string> decode_text(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto text = text_of(node, "a text", diagnostics);
  if (!text) return std::nullopt;
  return std::string(*text);
}

std::optional<bool> decode_flag(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto text = text_of(node, "true or false", diagnostics);
  if (!text) return std::nullopt;
  if (*text == "true") return true;
  if (*text == "false") return false;
  constexpr std::array<std::string_view, 4> kYes{"yes", "on", "y", "1"};
  const bool means_yes = std::find(kYes.begin(), kYes.end(), *text) != kYes.end();
  complain(diagnostics, node, fmt::format("expected true or false, found {}", quote(*text)),
           means_yes ? "write true" : "");
  return std::nullopt;
}

std::optional<std::uint64_t> decode_whole(const ValueNode& node, DiagnosticCollector& diagnostics) {
  return decode_by(parse_whole, "a whole number such as 10", node, diagnostics);
}

std::optional<Duration> decode_time(const ValueNode& node, DiagnosticCollector& diagnostics) {
  return decode_by(parse_time, "a time such as 10ms", node, diagnostics);
}

std::optional<Duration> decode_positive_time(const ValueNode& node,
                                             DiagnosticCollector& diagnostics) {
  const auto time = decode_time(node, diagnostics);
  if (!time || *time > Duration::zero()) return time;
  complain(diagnostics, node, "this time must not be 0");
  return std::nullopt;
}

std::optional<SimTime> decode_instant(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto time = decode_time(node, diagnostics);
  if (!time) return std::nullopt;
  return kStart + *time;
}

std::optional<std::uint64_t> decode_bytes(const ValueNode& node, DiagnosticCollector& diagnostics) {
  return decode_by(parse_bytes, "a size such as 4KiB", node, diagnostics);
}

std::optional<BitRate> decode_rate(const ValueNode& node, DiagnosticCollector& diagnostics) {
  return decode_by(parse_rate, "a rate such as 100Mbit/s", node, diagnostics);
}

std::optional<Ratio> decode_share(const ValueNode& node, DiagnosticCollector& diagnostics) {
  return decode_by(parse_share, "a share such as 1%", node, diagnostics);
}

std::optional<Duration> decode_frequency(const ValueNode& node, DiagnosticCollector& diagnostics) {
  return decode_by(parse_frequency, "a frequency such as 1000/s", node, diagnostics);
}

std::optional<IpAddress> decode_address(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto text = text_of(node, "an address such as 10.0.0.1", diagnostics);
  if (!text) return std::nullopt;
  if (const auto address = IpAddress::parse(*text)) return address;
  complain(diagnostics, node, fmt::format("{} is not an IPv4 or IPv6 address", quote(*text)));
  return std::nullopt;
}

std::optional<Errno> decode_errno(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto text = text_of(node, "'ok' or an error such as ECONNREFUSED", diagnostics);
  if (!text) return std::nullopt;
  if (const auto error = errno_from(*text)) return error;
  std::array<std::string_view, kErrnoCount> names;
  for (std::size_t i = 0; i < kErrnoCount; ++i) names[i] = name_of(static_cast<Errno>(i));
  complain_about_word(node, "result", names, diagnostics);
  return std::nullopt;
}

std::optional<Port> decode_port_or_zero(const ValueNode& node, DiagnosticCollector& diagnostics) {
  return decode_by(parse_port, "a port number or service name", node, diagnostics);
}

std::optional<Port> decode_port(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto port = decode_port_or_zero(node, diagnostics);
  if (!port || port->value != 0) return port;
  complain(diagnostics, node, "port 0 is reserved: it never names a process");
  return std::nullopt;
}

void complain_about_word(const ValueNode& node, std::string_view what,
                         std::span<const std::string_view> known,
                         DiagnosticCollector& diagnostics) {
  std::string help = did_you_mean(node.text, known);
  if (known.size() == 1) help = fmt::format("only '{}' is known", known[0]);
  if (help.empty() && known.size() <= 12) help = fmt::format("one of {}", alternatives(known));
  complain(diagnostics, node, fmt::format("unknown {} {}", what, quote(node.text)),
           std::move(help));
}

}  // namespace demuxsim::loading
