#include "picture/svg_text.hpp"

#include "support/catch.hpp"

using namespace demuxsim;

TEST_CASE("what XML cannot hold is replaced, what means something is escaped") {
  CHECK(escaped_xml("a < b & \"c\" > 'd'") == "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
  CHECK(escaped_xml("grün →") == "grün →");
  CHECK(escaped_xml(std::string_view("\x01\n\0\x7f", 4)) == "????");
  CHECK(escaped_xml("\xff\xef\xbf\xbe\xef\xbf\xbf") == "???");
  CHECK(escaped_xml("]]>") == "]]&gt;");
}
