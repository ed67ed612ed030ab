// Every demultiplexer against std::map under random operations: whatever its inside looks like, it
// must answer as a map does. A broken copy of any of them must not get through.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "demuxsim/demux/any_demux.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

constexpr std::uint32_t kSteps = 20'000;

/// A key out of few, so that operations meet: `number` is below 2^20.
template <class Key>
Key make_key(std::uint32_t number) {
  const auto client = static_cast<std::uint16_t>(number & 0xff);
  const auto port = static_cast<std::uint16_t>(49152 + (number >> 8));
  if constexpr (std::is_same_v<Key, FourTuple4>) {
    return {0x0a000001, 0x0a010000u + client, 80, port};
  } else {
    return {{0x20010db8, 0, 0, 1}, {0x20010db8, client & 1u, 0, client}, 80, port};
  }
}

/// How one run mixes its operations; some runs leave whole kinds out.
struct Mix {
  std::uint64_t keys = 1;
  std::uint64_t insert = 0;
  std::uint64_t erase = 0;
  std::uint64_t find = 0;
  bool oldest_first = false;  ///< Erases what was inserted first, as TIME-WAIT does.
};

Mix random_mix(Rng& rng) {
  Mix mix;
  mix.keys = std::uint64_t{1} << rng.below(13);
  mix.insert = 1 + rng.below(4);
  mix.erase = rng.below(4);
  mix.find = rng.below(3) == 0 ? 0 : rng.below(8);
  mix.oldest_first = rng.below(3) == 0;
  return mix;
}

/// What a walk told of.
struct Steps {
  std::uint32_t compared = 0;
  bool matched = false;          ///< The last comparison did.
  bool out_of_bounds = false;    ///< A chain, queue or group beyond their count.
  bool matched_another = false;  ///< A comparison said to match although the keys differ, or not.
};

template <class D, class Key>
DemuxResult walk_through(const D& table, const Key& sought, Steps& steps) {
  return table.walk(sought, [&](const LookupStep& step, const Key* compared) {
    switch (step.kind) {
      case LookupStepKind::queue:
      case LookupStepKind::chain:
      case LookupStepKind::bucket:
        steps.out_of_bounds |= step.number >= step.count || compared != nullptr;
        break;
      case LookupStepKind::pass_over:
        steps.matched_another |= step.matched || compared == nullptr || *compared == sought;
        break;
      default:
        ++steps.compared;
        steps.matched_another |= compared == nullptr || (*compared == sought) != step.matched;
        steps.matched = step.matched;
    }
  });
}

/// One table and one map that get the same operations.
template <class D, class Key>
class Comparison {
 public:
  Comparison(D table, std::uint64_t seed)
      : table_(std::move(table)), rng_(seed, {StreamKind::test}) {}

  /// What differed first, or nothing.
  std::optional<std::string> run() {
    for (std::uint32_t step = 0; step < kSteps; ++step) {
      if (step % (kSteps / 4) == 0) {
        mix_ = random_mix(rng_);
        if (!same_entries()) return "entries before step " + std::to_string(step);
      }
      if (const char* what = one_step(step)) return what + (" at step " + std::to_string(step));
    }
    while (!model_.empty()) {
      const Key key = model_.begin()->first;
      model_.erase(model_.begin());
      if (!table_.erase(key)) return "erase at the end";
    }
    return table_.size() == 0 ? std::nullopt : std::optional<std::string>("size at the end");
  }

 private:
  const char* one_step(std::uint32_t step) {
    const std::uint64_t draw = rng_.below(mix_.insert + mix_.erase + mix_.find);
    Key key = make_key<Key>(static_cast<std::uint32_t>(rng_.below(mix_.keys)));
    if (draw < mix_.insert) {
      const bool expected = model_.emplace(key, step).second;
      if (expected) inserted_.push_back(key);
      if (table_.insert(key, step) != expected) return "insert";
    } else if (draw < mix_.insert + mix_.erase) {
      if (mix_.oldest_first && next_oldest_ < inserted_.size()) key = inserted_[next_oldest_++];
      if (table_.erase(key) != (model_.erase(key) != 0)) return "erase";
    } else {
      table_.note_sent(make_key<Key>(static_cast<std::uint32_t>(rng_.below(mix_.keys))));
      if (const char* what = look_up(key)) return what;
    }
    return table_.size() == model_.size() ? nullptr : "size";
  }

  /// Walks twice before it finds: a walk that changed something would be seen.
  const char* look_up(const Key& key) {
    const auto entry = model_.find(key);
    const bool there = entry != model_.end();
    Steps steps;
    Steps again;
    const DemuxResult walked = walk_through(table_, key, steps);
    const DemuxResult walked_again = walk_through(table_, key, again);
    const DemuxResult found = table_.find(key);
    if (found.value != (there ? entry->second : DemuxResult::kNone)) return "find";
    if ((there && found.examined == 0) || found.examined > model_.size() + 2) return "examined";
    for (const DemuxResult& walk : {walked, walked_again}) {
      if (walk.value != found.value || walk.examined != found.examined) return "walk";
    }
    if (steps.compared != found.examined || again.compared != found.examined) return "steps";
    if (steps.matched != there || steps.matched_another || steps.out_of_bounds) return "step";
    return nullptr;
  }

  bool same_entries() const {
    std::map<Key, std::uint32_t> entries;
    std::size_t visited = 0;
    table_.for_each([&](const Key& key, std::uint32_t value) {
      entries.emplace(key, value);
      ++visited;
    });
    return visited == model_.size() && entries == model_;
  }

  D table_;
  std::map<Key, std::uint32_t> model_;
  std::vector<Key> inserted_;
  std::size_t next_oldest_ = 0;
  Mix mix_;
  Rng rng_;
};

template <class D, class Key>
void check_against_map() {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    const DemuxConfig config{{HashKind::siphash, seed}, 0};
    const auto difference = Comparison<D, Key>(D(config), seed).run();
    INFO(difference.value_or(""));
    CHECK_FALSE(difference.has_value());
  }
}

template <template <class...> class D, class... Hash>
void check_both_families() {
  check_against_map<D<FourTuple4, Hash...>, FourTuple4>();
  check_against_map<D<FourTuple6, Hash...>, FourTuple6>();
}

/// Sends all keys to a few homes near the end of any array, so that runs are long and wrap round.
struct CrowdedHash {
  explicit CrowdedHash(const HashConfig&) {}
  template <class Key>
  std::uint64_t operator()(const Key& key) const {
    return ~std::uint64_t{0} - key.remote_port % 5;
  }
};

/// Every algorithm in every form that differs.
std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const AlgorithmInfo& info : table_infos()) {
    const std::string name(info.name);
    names.push_back(name);
    names.push_back("rss:3/" + name);
    if (!info.number_name.empty()) {
      names.push_back(name + ":1");
      names.push_back("rss:128/" + name + ":64");
    }
    if (!info.hashes) continue;
    for (const std::string_view hash : kHashNames) names.push_back(name + "@" + std::string(hash));
  }
  return names;
}

template <class Key>
void check_names_against_map(std::uint64_t seeds) {
  for (const std::string& name : all_names()) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      CAPTURE(name, seed);
      AnyDemux<Key> table(*parse_algorithm(name), seed);
      const auto difference = Comparison<AnyDemux<Key>, Key>(std::move(table), seed).run();
      INFO(difference.value_or(""));
      CHECK_FALSE(difference.has_value());
    }
  }
}

enum class Mistake {
  none,
  duplicate_taken,    ///< A key that is there is taken again, with its new value.
  duplicate_changes,  ///< It is refused, but changes the value.
  entry_lost,         ///< Some entries are never put in.
  entry_left,         ///< Some entries are not taken out.
  two_erased,         ///< Now and then the entry put in last goes with the one taken out.
  stale_cache,        ///< What was last found is remembered, although it has been erased.
  wrong_value,        ///< Some look-ups give another value.
  nothing_counted,    ///< Some look-ups examine nothing.
  walk_differs,       ///< A walk counts one more than the look-up.
  entry_hidden,       ///< One entry is not visited.
};
constexpr int kMistakes = 11;

/// A table with one mistake, to see that the comparison finds such.
template <class Key>
class Broken {
 public:
  Broken(AnyDemux<Key> table, Mistake mistake) : table_(std::move(table)), mistake_(mistake) {}

  DemuxResult find(const Key& key) {
    if (mistake_ == Mistake::stale_cache && last_found_.holds(key)) return {last_found_.value(), 1};
    DemuxResult result = table_.find(key);
    if (!result) return result;
    last_found_.remember(key, result.value);
    if (mistake_ == Mistake::wrong_value && sometimes(result.value)) ++result.value;
    if (mistake_ == Mistake::nothing_counted && sometimes(result.value)) result.examined = 0;
    return result;
  }
  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    DemuxResult result = table_.walk(key, see);
    if (mistake_ == Mistake::walk_differs && sometimes(result.value)) ++result.examined;
    return result;
  }
  bool insert(const Key& key, std::uint32_t value) {
    if (mistake_ == Mistake::entry_lost && sometimes(value)) return true;
    if (table_.insert(key, value)) {
      last_inserted_ = key;
      return true;
    }
    const bool taken = mistake_ == Mistake::duplicate_taken;
    if (taken || mistake_ == Mistake::duplicate_changes) {
      table_.erase(key);
      table_.insert(key, value);
    }
    return taken;
  }
  bool erase(const Key& key) {
    const std::uint32_t value = table_.find(key).value;
    if (mistake_ == Mistake::entry_left && sometimes(value)) return value != DemuxResult::kNone;
    if (mistake_ == Mistake::two_erased && sometimes(value)) table_.erase(last_inserted_);
    return table_.erase(key);
  }
  void note_sent(const Key& key) { table_.note_sent(key); }
  template <class F>
  void for_each(F&& f) const {
    bool hide = mistake_ == Mistake::entry_hidden;
    table_.for_each([&](const Key& key, std::uint32_t value) {
      if (!std::exchange(hide, false)) f(key, value);
    });
  }
  std::size_t size() const { return table_.size(); }

 private:
  static bool sometimes(std::uint32_t value) { return value % 31 == 0; }

  AnyDemux<Key> table_;
  Mistake mistake_;
  RecentEntry<Key> last_found_;
  Key last_inserted_{};
};

int runs_that_differ(std::string_view name, Mistake mistake, int runs) {
  int count = 0;
  for (int seed = 1; seed <= runs; ++seed) {
    AnyDemux<FourTuple4> table(*parse_algorithm(name), 1);
    Broken<FourTuple4> broken(std::move(table), mistake);
    const auto difference = Comparison<Broken<FourTuple4>, FourTuple4>(
                                std::move(broken), static_cast<std::uint64_t>(seed))
                                .run();
    count += difference.has_value() ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("every table answers as a map does", "[demux]") {
  check_both_families<OpenTable, SipTupleHash>();
  check_both_families<LinearList>();
  check_both_families<BsdList>();
  check_both_families<MoveToFrontList>();
  check_both_families<SendReceiveList>();
  check_both_families<HashedChains, SipTupleHash>();
  check_both_families<SequentChains, SipTupleHash>();
  check_both_families<LinuxTable, SipTupleHash>();
  check_both_families<FlatTable, SipTupleHash>();
}

TEST_CASE("every table answers as a map does where all keys crowd", "[demux]") {
  check_both_families<OpenTable, CrowdedHash>();
  check_both_families<HashedChains, CrowdedHash>();
  check_both_families<SequentChains, CrowdedHash>();
  check_both_families<LinuxTable, CrowdedHash>();
  check_both_families<FlatTable, CrowdedHash>();
}

TEST_CASE("every table under every name and hash answers as a map does", "[demux]") {
  check_names_against_map<FourTuple4>(4);
  check_names_against_map<FourTuple6>(2);
}

TEST_CASE("the comparison with a map finds a broken copy of every table", "[demux]") {
  constexpr int kRuns = 6;
  std::vector<std::string> names = {"rss:3/open"};
  for (const AlgorithmInfo& info : table_infos()) names.emplace_back(info.name);
  for (const std::string& name : names) {
    for (int mistake = 0; mistake < kMistakes; ++mistake) {
      CAPTURE(name, mistake);
      const int differ = runs_that_differ(name, Mistake{mistake}, kRuns);
      if (mistake == 0) {
        CHECK(differ == 0);
      } else {
        CHECK(differ >= kRuns - 2);  // A run without look-ups sees less.
      }
    }
  }
}

}  // namespace demuxsim
