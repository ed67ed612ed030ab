#include "demuxsim/report/json_text.hpp"

#include "demuxsim/core/random.hpp"
#include "demuxsim/core/text.hpp"
#include "demuxsim/report/utf8.hpp"

namespace demuxsim {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
    case '\\':
      out += '\\';
      out += c;
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) >= 0x20) {
    out += c;
    return;
  }
  out += "\\u00";
  out += kHexDigits[c >> 4];
  out += kHexDigits[c & 15];
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += "\\ufffd";
    } else if (length == 1) {
      append_escaped(out, text[0]);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

std::string_view JsonNames::host(HostId host) {
  if (!host) return "null";
  return hosts_.get(host, host.value,
                    [&](std::string& text) { append_json(text, directory_.host(host)); });
}

std::string_view JsonNames::algorithm(HostId host) {
  return algorithms_.get(host, host.value,
                         [&](std::string& text) { append_json(text, directory_.algorithm(host)); });
}

std::string_view JsonNames::process(HostId host, ProcessId process) {
  if (!process) return "null";
  const std::uint64_t hash = mix64(std::uint64_t{host.value} << 32 | process.value);
  return processes_.get({host, process}, hash, [&](std::string& text) {
    append_json(text, directory_.host(host) + '/' + directory_.process(host, process));
  });
}

std::string_view JsonNames::socket(SocketName name) {
  if (!name) return "null";
  const std::uint64_t hash = mix64(std::uint64_t{name.base} << 32 | name.index);
  return sockets_.get(name, hash, [&](std::string& text) {
    const std::string socket = directory_.socket(name);
    socket.empty() ? void(text = "null") : append_json(text, socket);
  });
}

void append_options_json(std::string& out, const Segment& segment) {
  out += '{';
  const auto name = [&](std::string_view key) {
    if (out.back() != '{') out += ',';
    append_format(out, "\"{}\":", key);
  };
  if (segment.mss != 0 && segment.has(flag::kSyn)) {
    name("mss");
    append_format(out, "{}", segment.mss);
  }
  if (segment.has_option(Segment::kSackPermitted)) {
    name("sack_permitted");
    out += "true";
  }
  if (segment.has_option(Segment::kTimestamps)) {
    name("timestamps");
    append_format(out, R"({{"value":{},"echo":{}}})", segment.ts_value, segment.ts_echo);
  }
  if (segment.has_option(Segment::kWindowScale)) {
    name("window_scale");
    append_format(out, "{}", segment.window_shift);
  }
  if (segment.sack_count != 0) {
    name("sack");
    for (std::size_t i = 0; i < segment.sack_count; ++i) {
      append_format(out, "{}[{},{}]", i == 0 ? '[' : ',', segment.sack[i].begin.value,
                    segment.sack[i].end.value);
    }
    out += ']';
  }
  out += '}';
}

std::string_view JsonNames::before_port(const IpAddress& address) {
  return addresses_.get(address, IpAddressHash{}(address), [&](std::string& text) {
    append(text, Endpoint{address, Port{1}});
    text.pop_back();
  });
}

std::string_view JsonNames::address(const IpAddress& address) {
  std::string_view text = before_port(address);
  text.remove_suffix(1);
  if (text.front() != '[') return text;
  return text.substr(1, text.size() - 2);
}

}  // namespace demuxsim
