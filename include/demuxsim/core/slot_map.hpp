// Objects that come and go, each in a numbered slot and at an address that stays. A slot is used
// again once its object is gone, the latest first; its generation then tells old from new. Storage
// grows by chunks, each twice the one before, so that small maps stay small and nothing is moved.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace demuxsim {

/// Names one object of a SlotMap for good: once it is erased, the handle finds nothing.
template <class Tag>
struct Handle {
  static constexpr std::uint32_t kNone = 0xffffffff;
  std::uint32_t slot = kNone;
  std::uint32_t generation = 0;

  constexpr explicit operator bool() const { return slot != kNone; }
  friend constexpr bool operator==(Handle, Handle) = default;
};

template <class T, class Tag = T>
class SlotMap {
 public:
  SlotMap() = default;
  SlotMap(SlotMap&& other) noexcept { swap(other); }
  SlotMap& operator=(SlotMap&& other) noexcept {
    SlotMap(std::move(other)).swap(*this);
    return *this;
  }
  SlotMap(const SlotMap&) = delete;
  SlotMap& operator=(const SlotMap&) = delete;
  ~SlotMap() {
    for_each([](std::uint32_t, T& value) { std::destroy_at(&value); });
  }

  /// Makes an object from `arguments`, value-initialised without any, and returns its slot.
  template <class... Arguments>
  std::uint32_t emplace(Arguments&&... arguments) {
    if (free_ == kNoSlot) add_free_slot();
    const std::uint32_t slot = free_;
    Entry& entry = entry_at(slot);
    const std::uint32_t next_free = entry.next_free;
    std::construct_at(&entry.value, std::forward<Arguments>(arguments)...);
    free_ = next_free;
    ++generation_at(slot);
    ++size_;
    return slot;
  }

  /// Destroys the object. Precondition: `slot` is in use.
  void erase(std::uint32_t slot) {
    Entry& entry = entry_at(slot);
    std::destroy_at(&entry.value);
    entry.next_free = std::exchange(free_, slot);
    ++generation_at(slot);
    --size_;
  }

  /// Precondition: `slot` is in use.
  T& operator[](std::uint32_t slot) { return entry_at(slot).value; }
  const T& operator[](std::uint32_t slot) const { return entry_at(slot).value; }

  /// Null when the object is gone, or the handle never named one.
  T* find(Handle<Tag> handle) {
    return names_an_object(handle) ? &entry_at(handle.slot).value : nullptr;
  }
  const T* find(Handle<Tag> handle) const {
    return names_an_object(handle) ? &entry_at(handle.slot).value : nullptr;
  }

  /// Odd while the slot is in use. Precondition: the slot has been in use.
  std::uint32_t generation(std::uint32_t slot) const { return generation_at(slot); }
  Handle<Tag> handle(std::uint32_t slot) const { return {slot, generation_at(slot)}; }

  std::uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// Calls `visit(slot, object)` for each object in order of slots; it may erase that object.
  template <class Visit>
  void for_each(Visit visit) {
    for (std::uint32_t slot = 0; slot < slots_; ++slot) {
      if (is_used(slot)) visit(slot, entry_at(slot).value);
    }
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::uint32_t slot = 0; slot < slots_; ++slot) {
      if (is_used(slot)) visit(slot, std::as_const(entry_at(slot).value));
    }
  }

 private:
  static constexpr std::uint32_t kNoSlot = 0xffffffff;
  static constexpr std::uint32_t kFirstChunk = 2;
  static_assert(std::has_single_bit(kFirstChunk));

  union Entry {
    Entry() {}
    ~Entry() {}
    T value;
    std::uint32_t next_free;  ///< While the slot is not in use.
  };

  /// Generations lie apart: they are read to check a handle, entries to do the work.
  struct Chunk {
    std::unique_ptr<Entry[]> entries;
    std::unique_ptr<std::uint32_t[]> generations;
  };

  /// Chunk `c` holds kFirstChunk << c slots: with kFirstChunk added, the highest bit of a slot's
  /// number tells its chunk and the rest its place there.
  struct Place {
    explicit Place(std::uint32_t slot)
        : chunk(static_cast<std::uint32_t>(std::bit_width(slot + kFirstChunk) -
                                           std::bit_width(kFirstChunk))),
          index((slot + kFirstChunk) ^ (kFirstChunk << chunk)) {}
    std::uint32_t chunk;
    std::uint32_t index;
  };

  Entry& entry_at(std::uint32_t slot) const {
    const Place place(slot);
    return chunks_[place.chunk].entries[place.index];
  }
  std::uint32_t& generation_at(std::uint32_t slot) const {
    const Place place(slot);
    return chunks_[place.chunk].generations[place.index];
  }

  bool is_used(std::uint32_t slot) const { return generation_at(slot) % 2 != 0; }
  bool names_an_object(Handle<Tag> handle) const {
    return handle.slot < slots_ && is_used(handle.slot) &&
           generation_at(handle.slot) == handle.generation;
  }

  /// Memory is left untouched until a slot is first used, so half a chunk unused costs nothing.
  void add_free_slot() {
    const Place place(slots_);
    if (place.chunk == chunks_.size()) {
      const std::size_t count = std::size_t{kFirstChunk} << place.chunk;
      chunks_.push_back({std::unique_ptr<Entry[]>(new Entry[count]),
                         std::unique_ptr<std::uint32_t[]>(new std::uint32_t[count])});
    }
    entry_at(slots_).next_free = kNoSlot;
    generation_at(slots_) = 0;
    free_ = slots_++;
  }

  void swap(SlotMap& other) noexcept {
    std::swap(chunks_, other.chunks_);
    std::swap(slots_, other.slots_);
    std::swap(size_, other.size_);
    std::swap(free_, other.free_);
  }

  std::vector<Chunk> chunks_;
  std::uint32_t slots_ = 0;  ///< That have ever been in use.
  std::uint32_t size_ = 0;
  std::uint32_t free_ = kNoSlot;  ///< The slot freed last, which leads to the one before.
};

}  // namespace demuxsim
