#include "demuxsim/ports/services.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <tuple>
#include <utility>

#include "ports/services_table.hpp"

namespace demuxsim {
namespace {

using Parts = std::span<const std::string_view>;

/// The line of `part` that starts at `start`, without its end.
std::string_view line_at(std::string_view part, std::size_t start) {
  return part.substr(start, part.find('\n', start) - start);
}

/// The word that `text` starts with; takes it and the blank behind it away.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::string_view first_word(std::string_view line) { return take_word(line); }

/// Where the first line of `part` starts whose first word is not before `key`.
std::size_t lower_bound_in(std::string_view part, std::string_view key) {
  std::size_t low = 0;
  std::size_t high = part.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const std::size_t before = middle == 0 ? part.npos : part.rfind('\n', middle - 1);
    const std::size_t start = before == part.npos ? 0 : before + 1;
    const std::string_view line = line_at(part, start);
    if (first_word(line) < key) {
      low = start + line.size() + 1;
    } else {
      high = start;
    }
  }
  return low;
}

/// Calls `see(line)` for the lines from the first whose first word is not before `key`, until it
/// answers false.
template <class See>
void for_lines_from(Parts parts, std::string_view key, See see) {
  const auto starts_before = [](std::string_view part, std::string_view wanted) {
    return first_word(line_at(part, 0)) < wanted;
  };
  auto part = std::lower_bound(parts.begin(), parts.end(), key, starts_before);
  if (part != parts.begin()) --part;
  std::size_t start = lower_bound_in(*part, key);
  for (; part != parts.end(); ++part, start = 0) {
    while (start < part->size()) {
      const std::string_view line = line_at(*part, start);
      if (!see(line)) return;
      start += line.size() + 1;
    }
  }
}

/// A port as the table's keys have it, so that they order as text.
struct PortKey {
  std::array<char, 5> digits;
  explicit PortKey(Port port) {
    unsigned rest = port.value;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, rest /= 10) {
      *digit = static_cast<char>('0' + rest % 10);
    }
  }
  std::string_view view() const { return {digits.data(), digits.size()}; }
};

/// Precondition: digits alone.
Port port_from(std::string_view digits) {
  Port port;
  std::from_chars(digits.data(), digits.data() + digits.size(), port.value);
  return port;
}

Service service_from(std::string_view line) {
  Service service;
  const std::string_view ports = take_word(line);
  service.ports = {port_from(ports.substr(0, 5)), port_from(ports.substr(ports.size() - 5))};
  const std::string_view letters = take_word(line);
  const auto has = [&](char letter) { return letters.find(letter) != letters.npos; };
  service.protocols = {has('t'), has('u'), has('s'), has('d')};
  const std::string_view name = take_word(line);
  if (name != "-") service.name = name;
  service.description = line;
  return service;
}

/// The ranges of the registry are few: all are looked at.
template <class Take>
void for_ranges(Take take) {
  for_lines_from(iana::kPortRanges, "", [&](std::string_view line) {
    take(service_from(line));
    return true;
  });
}

std::string small_letters(std::string_view text) {
  std::string small(text);
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return small;
}

/// The ports in the line of a name, in digits; nothing for a name that is not there.
std::optional<std::string_view> ports_of_name(std::string_view small_name) {
  std::optional<std::string_view> ports;
  for_lines_from(iana::kNames, small_name, [&](std::string_view line) {
    if (take_word(line) == small_name) ports = line;
    return false;
  });
  return ports;
}

/// How many letters must be put in, left out, changed or exchanged with their neighbour to make one
/// text of the other (the restricted edit distance). Both are short.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string to_string(Protocols protocols) {
  std::string text;
  const auto add = [&](bool has, std::string_view name) {
    if (!has) return;
    if (!text.empty()) text += ", ";
    text += name;
  };
  add(protocols.tcp, "tcp");
  add(protocols.udp, "udp");
  add(protocols.sctp, "sctp");
  add(protocols.dccp, "dccp");
  return text;
}

std::vector<Service> services_on(Port port) { return services_within({port, port}); }

std::vector<Service> services_within(PortRange range) {
  std::vector<Service> services;
  const PortKey last(range.last);
  for_lines_from(iana::kSinglePorts, PortKey(range.first).view(), [&](std::string_view line) {
    if (first_word(line) > last.view()) return false;
    services.push_back(service_from(line));
    return true;
  });
  for_ranges([&](const Service& service) {
    if (service.ports.first <= range.last && range.first <= service.ports.last) {
      services.push_back(service);
    }
  });
  std::ranges::stable_sort(services, {}, [](const Service& each) { return each.ports.first; });
  return services;
}

std::string_view tcp_service_on(Port port) {
  for (const Service& service : services_on(port)) {
    if (service.protocols.tcp && !service.name.empty()) return service.name;
  }
  return {};
}

std::vector<Service> find_service(std::string_view name) {
  std::vector<Service> found;
  const std::string small = small_letters(name);
  std::string_view ports = ports_of_name(small).value_or("");
  while (!ports.empty()) {
    const Port first = port_from(take_word(ports));
    for (const Service& service : services_on(first)) {
      const bool is_it = small_letters(service.name) == small && service.ports.first == first;
      if (is_it) found.push_back(service);
    }
  }
  std::stable_partition(found.begin(), found.end(),
                        [](const Service& each) { return each.protocols.tcp; });
  return found;
}

bool is_service(std::string_view name) { return ports_of_name(small_letters(name)).has_value(); }

std::optional<Port> port_of(std::string_view name) {
  const std::vector<Service> found = find_service(name);
  if (found.empty() || !found.front().protocols.tcp) return std::nullopt;
  return found.front().ports.first;
}

std::vector<std::string_view> similar_services(std::string_view name) {
  constexpr std::size_t kMost = 3;
  const std::string small = small_letters(name);
  const std::size_t most_edits = small.size() < 5 ? 1 : 2;
  // Of equally like names those with low ports come first, as they are the best known.
  std::vector<std::tuple<std::size_t, std::string_view, std::string_view>> similar;
  for_lines_from(iana::kNames, "", [&](std::string_view line) {
    const std::string_view known = take_word(line);
    const std::size_t difference =
        known.size() < small.size() ? small.size() - known.size() : known.size() - small.size();
    // A service without a port cannot be meant where a port is wanted.
    if (difference > most_edits || line.empty()) return true;
    const std::size_t edits = edits_between(small, known);
    if (edits <= most_edits) similar.emplace_back(edits, first_word(line), known);
    return true;
  });
  std::ranges::sort(similar);
  if (similar.size() > kMost) similar.resize(kMost);
  std::vector<std::string_view> names;
  for (const auto& [edits, port, known] : similar) names.push_back(known);
  return names;
}

}  // namespace demuxsim
