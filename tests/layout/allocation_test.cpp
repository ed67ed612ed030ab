// Once a run is warm, segments and calls come and go without a call of operator new.
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

#include "demuxsim/report/stats.hpp"
#include "demuxsim/scenario/run.hpp"
#include "star.hpp"
#include "support/catch.hpp"

namespace {
std::uint64_t allocations = 0;
}

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new(std::size_t bytes) {
  if (void* const memory = operator new(bytes, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

using namespace demuxsim;

TEST_CASE("short calls one after the other allocate nothing once all is warm") {
  for (const auto& [server_closes, with_stats] :
       {std::pair{false, false}, {true, false}, {false, true}}) {
    CAPTURE(server_closes, with_stats);
    ScenarioSpec spec =
        workload::star({.clients = 20, .calls = 5000, .server_closes = server_closes});
    // Few ports, so that each has been used before the count begins, and more than TIME-WAIT holds.
    spec.hosts[1].config.ephemeral.range = {Port{50'000}, Port{50'127}};
    ScenarioRun run(spec);
    StatsSink stats(run.directory(), 100);
    if (with_stats) run.simulation().trace().attach(stats, TraceKinds::happenings());
    REQUIRE_FALSE(run.advance(400'000));
    const std::uint64_t segments = run.simulation().totals().segments;
    const std::uint64_t before = allocations;
    REQUIRE(before > 0);
    REQUIRE_FALSE(run.advance(800'000));
    const std::uint64_t made = allocations - before;
    CHECK(run.simulation().totals().segments - segments > 500'000);
    // The event list still grows a little where more comes together than ever before.
    CHECK(made <= 32);
  }
}
