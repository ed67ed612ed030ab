// An array of fixed size for plain data that may be very large: it starts at a cache line, and
// where it is large the system is asked to back it with huge pages, so that a random access costs
// one miss and not two.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

namespace demuxsim {

namespace detail {
/// 64-byte aligned, filled with zeros or not at all. Throws std::bad_alloc.
void* allocate_huge(std::size_t bytes, bool zeroed);
void free_huge(void* memory);
}  // namespace detail

template <class T>
class HugeArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  HugeArray() = default;
  /// Every byte is 0.
  static HugeArray zeroed(std::size_t size) { return {size, true}; }
  /// Nothing in it has a value yet.
  static HugeArray raw(std::size_t size) { return {size, false}; }

  HugeArray(HugeArray&& other) noexcept
      : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  HugeArray& operator=(HugeArray&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  std::size_t size() const { return size_; }
  T& operator[](std::size_t index) { return data_.get()[index]; }
  const T& operator[](std::size_t index) const { return data_.get()[index]; }

 private:
  struct Free {
    void operator()(T* memory) const { detail::free_huge(memory); }
  };

  HugeArray(std::size_t size, bool zeroed)
      : data_(static_cast<T*>(detail::allocate_huge(size * sizeof(T), zeroed))), size_(size) {}

  std::unique_ptr<T, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace demuxsim
