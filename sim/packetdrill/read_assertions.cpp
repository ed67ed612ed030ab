// The Python of `%{ ... }%`, as far as it asserts something about a connection.
#include <algorithm>
#include <array>

#include "packetdrill/grammar.hpp"

namespace demuxsim::packetdrill {
namespace {

struct ComparisonMark {
  std::string_view mark;
  Comparison comparison;
};

/// Longer marks before those that begin them.
constexpr std::array kComparisonMarks{
    ComparisonMark{"==", Comparison::equal},   ComparisonMark{"!=", Comparison::unequal},
    ComparisonMark{"<=", Comparison::at_most}, ComparisonMark{">=", Comparison::at_least},
    ComparisonMark{"<", Comparison::less},     ComparisonMark{">", Comparison::more},
};

std::string read_side(Reader& reader) {
  reader.at_end();
  const std::size_t begin = reader.offset();
  std::string_view side = reader.take_word();
  if (side.empty()) side = reader.take_of("0123456789");
  if (side.empty()) {
    reader.complain(begin, "a field, a constant or a number is missing here",
                    "only comparisons with 'and' between them are understood");
  }
  return std::string(side);
}

Claim read_claim(Reader& reader) {
  Claim claim;
  claim.left = read_side(reader);
  if (reader.has_failed()) return claim;
  const auto mark =
      std::find_if(kComparisonMarks.begin(), kComparisonMarks.end(),
                   [&](const ComparisonMark& each) { return reader.take(each.mark); });
  if (mark == kComparisonMarks.end()) {
    reader.complain(reader.offset(), "a comparison is missing here", "as ==, != or <=");
    return claim;
  }
  claim.comparison = mark->comparison;
  claim.right = read_side(reader);
  return claim;
}

}  // namespace

AssertEvent read_assertions(Reader& reader) {
  AssertEvent event;
  const std::size_t begin = reader.offset();
  while (!reader.has_failed() && !reader.take("}%")) {
    if (reader.at_end()) {
      reader.complain(begin, "'}%' never comes to end this");
    } else if (reader.take("assert")) {
      do {
        event.claims.push_back(read_claim(reader));
      } while (!reader.has_failed() && reader.take("and"));
      if (!reader.has_failed() && reader.take(",")) reader.take_until(";\n}");
    } else if (!reader.take(";")) {
      std::string_view statement = reader.take_until(";\n}");
      if (statement.empty()) statement = reader.take_of("}");
      event.others.emplace_back(statement.substr(0, statement.find_last_not_of(" \t\r") + 1));
    }
  }
  return event;
}

}  // namespace demuxsim::packetdrill
