# Puts the page's style and script into its frame, all of it into one source file, in pieces that
# compilers take as literals. What is put together here is ASCII, and no line of it has )page".
file(GLOB page_scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.js)
set(page_frame ${CMAKE_CURRENT_LIST_DIR}/page.html)
set(page_style ${CMAKE_CURRENT_LIST_DIR}/page.css)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${page_scripts} ${page_frame} ${page_style})

# The hash of `text` as a Content-Security-Policy names it: three hex digits are two of base 64.
function(policy_hash text result)
  set(digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(SHA256 hex "${text}")
  string(APPEND hex "00")
  set(base64 "")
  foreach(place RANGE 0 65 3)
    string(SUBSTRING ${hex} ${place} 3 three)
    math(EXPR high "0x${three} / 64")
    math(EXPR low "0x${three} % 64")
    string(SUBSTRING "${digits}" ${high} 1 high)
    string(SUBSTRING "${digits}" ${low} 1 low)
    string(APPEND base64 "${high}${low}")
  endforeach()
  string(SUBSTRING ${base64} 0 43 base64)
  set(${result} "sha256-${base64}=" PARENT_SCOPE)
endfunction()

function(read_script result)
  set(script "\n")
  foreach(file IN LISTS page_scripts)
    file(READ ${file} text)
    string(APPEND script "${text}")
  endforeach()
  set(${result} "${script}" PARENT_SCOPE)
endfunction()

function(cut_in_pieces text result)
  set(literals "")
  string(LENGTH "${text}" length)
  set(place 0)
  while(place LESS length)
    string(SUBSTRING "${text}" ${place} 8000 piece)
    string(APPEND literals "    R\"page(${piece})page\",\n")
    math(EXPR place "${place} + 8000")
  endwhile()
  set(${result} "${literals}" PARENT_SCOPE)
endfunction()

read_script(script)
file(READ ${page_style} style)
file(READ ${page_frame} frame)
policy_hash("${script}" script_hash)
policy_hash("${style}" style_hash)
string(REPLACE "{{script-hash}}" "${script_hash}" frame "${frame}")
string(REPLACE "{{style-hash}}" "${style_hash}" frame "${frame}")
string(REPLACE "{{style}}" "${style}" frame "${frame}")
string(REPLACE "{{script}}" "${script}" frame "${frame}")
# The frame is written around the title and the runs.
string(FIND "${frame}" "{{title}}" title_place)
string(FIND "${frame}" "{{runs}}" runs_place)
string(SUBSTRING "${frame}" 0 ${title_place} page_start)
math(EXPR middle "${title_place} + 9")
math(EXPR length "${runs_place} - ${middle}")
string(SUBSTRING "${frame}" ${middle} ${length} page_middle)
math(EXPR rest "${runs_place} + 8")
string(SUBSTRING "${frame}" ${rest} -1 page_end)
cut_in_pieces("${page_start}" page_start)
cut_in_pieces("${page_middle}" page_middle)
cut_in_pieces("${page_end}" page_end)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/page_frame.cpp @ONLY CONTENT [[
#include "picture/page_frame.hpp"

#include <string_view>

namespace demuxsim {
namespace {

constexpr std::string_view kStart[] = {
@page_start@};
constexpr std::string_view kMiddle[] = {
@page_middle@};
constexpr std::string_view kEnd[] = {
@page_end@};

}  // namespace

PageFrame page_frame() { return {kStart, kMiddle, kEnd}; }

}  // namespace demuxsim
]])
