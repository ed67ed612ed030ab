// Every demultiplexer against std::map under random operations: whatever its inside looks like, it
// must answer as a map does. A broken table must not get through.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "demuxsim/demux/any_demux.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

constexpr std::uint64_t kSeeds = 12;
constexpr std::uint32_t kSteps = 40'000;

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

/// One table and one map that get the same operations.
template <class D, class Key>
class Comparison {
 public:
  explicit Comparison(std::uint64_t seed)
      : table_(DemuxConfig{{HashKind::siphash, seed}, 0}), rng_(seed, {StreamKind::test}) {}

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
      const auto expected = model_.find(key);
      const DemuxResult found = table_.find(key);
      const bool there = expected != model_.end();
      if (found.value != (there ? expected->second : DemuxResult::kNone)) return "find";
      if ((there && found.examined == 0) || found.examined > model_.size()) return "examined";
    }
    return table_.size() == model_.size() ? nullptr : "size";
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
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    CAPTURE(seed);
    const auto difference = Comparison<D, Key>(seed).run();
    INFO(difference.value_or(""));
    CHECK_FALSE(difference.has_value());
  }
}

/// Sends all keys to a few homes near the end of any array, so that runs are long and wrap round.
struct CrowdedHash {
  explicit CrowdedHash(const HashConfig&) {}
  template <class Key>
  std::uint64_t operator()(const Key& key) const {
    return ~std::uint64_t{0} - key.remote_port % 5;
  }
};

/// A table with one mistake each, to see that the comparison finds such.
enum class Mistake { none, gap_left_open, duplicate_taken, entry_lost };

template <Mistake kMistake>
class FaultyTable {
 public:
  using Key = FourTuple4;
  explicit FaultyTable(const DemuxConfig& config) : hash_(config.hash) {}

  DemuxResult find(const Key& key) const {
    DemuxResult result;
    for (std::size_t at = hash_(key) % kSlots; slots_[at]; at = (at + 1) % kSlots) {
      ++result.examined;
      if (slots_[at]->first == key) return {slots_[at]->second, result.examined};
    }
    return result;
  }
  bool insert(const Key& key, std::uint32_t value) {
    if (kMistake != Mistake::duplicate_taken && find(key)) return false;
    if (kMistake == Mistake::entry_lost && value % 997 == 0) return true;
    std::size_t at = hash_(key) % kSlots;
    while (slots_[at]) at = (at + 1) % kSlots;
    slots_[at] = {key, value};
    ++count_;
    return true;
  }
  bool erase(const Key& key) {
    std::size_t at = hash_(key) % kSlots;
    while (slots_[at] && !(slots_[at]->first == key)) at = (at + 1) % kSlots;
    if (!slots_[at]) return false;
    slots_[at].reset();
    --count_;
    if (kMistake == Mistake::gap_left_open) return true;
    // Takes out and puts back all that stood behind.
    for (at = (at + 1) % kSlots; slots_[at]; at = (at + 1) % kSlots) {
      const auto [moved, value] = *slots_[at];
      slots_[at].reset();
      --count_;
      insert(moved, value);
    }
    return true;
  }
  template <class See>
  DemuxResult walk(const Key& key, See&&) const {
    return find(key);
  }
  void note_sent(const Key&) {}
  template <class F>
  void for_each(F&& f) const {
    for (const auto& slot : slots_) {
      if (slot) f(slot->first, slot->second);
    }
  }
  std::size_t size() const { return count_; }
  std::size_t memory_bytes() const { return slots_.size() * sizeof(slots_[0]); }

 private:
  static constexpr std::size_t kSlots = 1 << 13;
  std::vector<std::optional<std::pair<Key, std::uint32_t>>> slots_{kSlots};
  std::size_t count_ = 0;
  FastHash hash_;
};

template <Mistake kMistake>
int runs_that_differ() {
  int count = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    count += Comparison<FaultyTable<kMistake>, FourTuple4>(seed).run().has_value() ? 1 : 0;
  }
  return count;
}

template <class Key>
struct AnyLinear : AnyDemux<Key> {
  explicit AnyLinear(const DemuxConfig& config)
      : AnyDemux<Key>(*parse_algorithm("linear"), config.hash.seed) {}
};

}  // namespace

TEST_CASE("the open table answers as a map does", "[demux]") {
  check_against_map<OpenTable<FourTuple4>, FourTuple4>();
  check_against_map<OpenTable<FourTuple6>, FourTuple6>();
}

TEST_CASE("the open table answers as a map does where all keys crowd", "[demux]") {
  check_against_map<OpenTable<FourTuple4, CrowdedHash>, FourTuple4>();
}

TEST_CASE("the linear list answers as a map does", "[demux]") {
  check_against_map<LinearList<FourTuple4>, FourTuple4>();
  check_against_map<LinearList<FourTuple6>, FourTuple6>();
}

TEST_CASE("any demultiplexer answers as a map does", "[demux]") {
  check_against_map<AnyDemux<FourTuple4>, FourTuple4>();
  check_against_map<AnyDemux<FourTuple6>, FourTuple6>();
  check_against_map<AnyLinear<FourTuple4>, FourTuple4>();
}

TEST_CASE("the comparison with a map finds a broken table", "[demux]") {
  CHECK(runs_that_differ<Mistake::none>() == 0);
  CHECK(runs_that_differ<Mistake::gap_left_open>() >= 8);
  CHECK(runs_that_differ<Mistake::duplicate_taken>() >= 8);
  CHECK(runs_that_differ<Mistake::entry_lost>() >= 8);
}

}  // namespace demuxsim
