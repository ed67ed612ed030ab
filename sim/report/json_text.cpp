#include "demuxsim/report/json_text.hpp"

#include "demuxsim/core/random.hpp"

namespace demuxsim {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

/// The length of the UTF-8 sequence that `text` starts with, 0 if it is none (RFC 3629 section 4).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Neither a longer form than needed, nor a surrogate, nor beyond U+10FFFF.
  const bool out_of_range =
      length > 2 && ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
                     (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f));
  return out_of_range ? 0 : length;
}

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
  return sockets_.get(name, hash,
                      [&](std::string& text) { append_json(text, directory_.socket(name)); });
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
