#include "demuxsim/net/port.hpp"

#include "support/catch.hpp"

namespace demuxsim {

TEST_CASE("ports fall into the three ranges of RFC 6335", "[net][rfc6335-6]") {
  CHECK(class_of(Port{0}) == PortClass::well_known);
  CHECK(class_of(Port{1023}) == PortClass::well_known);
  CHECK(class_of(Port{1024}) == PortClass::registered);
  CHECK(class_of(Port{49151}) == PortClass::registered);
  CHECK(class_of(Port{49152}) == PortClass::ephemeral);
  CHECK(class_of(Port{65535}) == PortClass::ephemeral);
  CHECK(kDynamicPorts.size() == 16384);
  for (std::uint32_t value = 0; value <= 65535; ++value) {
    const Port port{static_cast<std::uint16_t>(value)};
    REQUIRE(kDynamicPorts.contains(port) == (class_of(port) == PortClass::ephemeral));
  }
}

TEST_CASE("a port class is read as it is printed", "[net]") {
  for (const auto each : {PortClass::well_known, PortClass::registered, PortClass::ephemeral}) {
    CHECK(port_class_from(name_of(each)) == each);
  }
  CHECK_FALSE(port_class_from("well_known").has_value());
  CHECK_FALSE(port_class_from("").has_value());
}

}  // namespace demuxsim
