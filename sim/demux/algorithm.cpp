#include "demuxsim/demux/algorithm.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/demux/any_demux.hpp"

namespace demuxsim {
namespace {

template <NamedDemultiplexer<FourTuple4>... D>
constexpr std::array<AlgorithmInfo, sizeof...(D)> infos_of(const std::variant<D...>*) {
  return {D::kInfo...};
}

constexpr auto kTables = infos_of(static_cast<Demultiplexers<FourTuple4>*>(nullptr));

/// Cuts `text` at the first `mark`; what stands behind it, if it is there.
std::optional<std::string_view> cut(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + 1);
  text = text.substr(0, at);
  return rest;
}

/// What is wrong with it, or nothing.
std::string parse_number(const AlgorithmInfo& info, std::string_view text, std::uint32_t& number) {
  if (info.number_name.empty()) return fmt::format("'{}' takes no number", info.name);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole =
      error == std::errc{} && end == text.data() + text.size() && !text.starts_with('0');
  if (whole && number >= 1 && number <= info.most_number) return {};
  return fmt::format("the {} of '{}' are a number from 1 to {}", info.number_name, info.name,
                     info.most_number);
}

std::string parse_hash(const AlgorithmInfo& info, std::string_view text, HashKind& hash) {
  if (!info.hashes) return fmt::format("'{}' does not hash", info.name);
  const auto* const found = std::find(kHashNames.begin(), kHashNames.end(), text);
  if (found == kHashNames.end()) {
    return fmt::format("'{}' is no hash; there are {}", text, comma_separated(kHashNames));
  }
  hash = static_cast<HashKind>(found - kHashNames.begin());
  return {};
}

std::string unknown(std::string_view name) {
  std::string known;
  for (const AlgorithmInfo& info : kTables) known += fmt::format("{}, ", info.name);
  return fmt::format("'{}' is no look-up algorithm; there are {}{}", name, known, kRssInfo.name);
}

/// What stands for the table: NAME, NAME:NUMBER, and a hash.
std::string parse_table(std::string_view text, Algorithm& algorithm) {
  const auto hash = cut(text, '@');
  const auto number = cut(text, ':');
  const auto* const found = std::find_if(kTables.begin(), kTables.end(),
                                         [&](const auto& info) { return info.name == text; });
  if (found == kTables.end()) {
    return text == kRssInfo.name ? "what stands behind the queues is a table: 'rss:4/open'"
                                 : unknown(text);
  }
  algorithm.table = static_cast<std::uint8_t>(found - kTables.begin());
  algorithm.number = found->usual_number;
  std::string problem;
  if (number) problem = parse_number(*found, *number, algorithm.number);
  if (problem.empty() && hash) problem = parse_hash(*found, *hash, algorithm.hash);
  return problem;
}

}  // namespace

std::span<const AlgorithmInfo> table_infos() { return kTables; }

std::string to_string(const Algorithm& algorithm) {
  const AlgorithmInfo& info = info_of(algorithm);
  std::string name;
  if (algorithm.queues != 0) name += fmt::format("{}:{}/", kRssInfo.name, algorithm.queues);
  name += info.name;
  if (!info.number_name.empty()) {
    name += fmt::format(":{}", algorithm.number == 0 ? info.usual_number : algorithm.number);
  }
  if (info.hashes && algorithm.hash != HashKind{})
    name += fmt::format("@{}", name_of(algorithm.hash));
  return name;
}

Result<Algorithm, std::string> parse_algorithm(std::string_view text) {
  Algorithm algorithm;
  std::string problem;
  std::string_view front = text;
  const auto behind = cut(front, '/');
  if (behind || front.substr(0, front.find(':')) == kRssInfo.name) {
    const auto number = cut(front, ':');
    if (front != kRssInfo.name) return failure(std::string("only 'rss:N' stands before a '/'"));
    if (number && number->find('@') != std::string_view::npos)
      return failure(std::string("the hash is that of the table: 'rss:4/open@fast'"));
    algorithm.queues = kRssInfo.usual_number;
    if (number) problem = parse_number(kRssInfo, *number, algorithm.queues);
  }
  if (problem.empty())
    problem =
        parse_table(algorithm.queues != 0 ? behind.value_or(kTables[0].name) : text, algorithm);
  if (!problem.empty()) return failure(std::move(problem));
  return algorithm;
}

}  // namespace demuxsim
