# shellcheck shell=bash disable=SC2034
# What the scripts here share: the packages demuxsim needs, and how it is configured.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(g++ cmake ninja-build libboost-dev libboost-program-options-dev libexpected-dev
  libfmt-dev libyaml-cpp-dev)
test_packages=(catch2 libbenchmark-dev python3 python3-jsonschema graphviz tshark tcpdump
  python3-scapy)
# Nothing needs these: bench/peers.cpp measures them where they are.
peer_packages=(pkg-config libabsl-dev robin-map-dev libdpdk-dev)
check_packages=(clang clang-format clang-tidy libclang-rt-dev)
# Ubuntu has no package of the browser, only a snap.
if grep -qx 'ID=debian' /etc/os-release 2>/dev/null; then
  check_packages+=(chromium chromium-driver python3-selenium)
fi

# Debian 12 has Boost 1.74 by default and 1.81, which is new enough, beside it.
if grep -q bookworm /etc/os-release 2>/dev/null; then
  build_packages=("${build_packages[@]/libboost-dev/libboost1.81-dev}")
  build_packages=(
    "${build_packages[@]/libboost-program-options-dev/libboost-program-options1.81-dev}")
fi

say() { echo "demuxsim: $*" >&2; }
have_apt() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

# Prints those of the named packages that are not installed.
missing_packages() {
  local installed package
  installed=$(dpkg-query -W -f '<${Package} ${db:Status-Status}>' "$@" 2>/dev/null || true)
  for package; do
    [[ $installed == *"<$package installed>"* ]] || echo "$package"
  done
}

# Tells what to install by hand, and ends the script.
give_up() {
  say "$1"
  say "Needed are g++ 12 (or clang 14), CMake 3.25, Ninja, Boost 1.81, yaml-cpp, fmt and"
  say "tl-expected; for the tests Catch2, Google Benchmark, Python 3 with jsonschema, Graphviz,"
  say "tshark, tcpdump and scapy."
  exit 3
}

# Installs those of the named packages that are missing; on a system without apt it trusts that
# they came from elsewhere, and the build tells what it does not find.
need_packages() {
  have_apt || return 0
  local missing as_root=() log
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0

  if ((EUID)); then
    command -v sudo >/dev/null || give_up "Please install as root: ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  log=$(mktemp)
  # Removing what another program needs is the user's decision.
  if "${as_root[@]}" apt-get -qq update </dev/null >"$log" 2>&1;
     "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-remove \
       --no-install-recommends -o DPkg::Lock::Timeout=300 install "${missing[@]}" \
       </dev/null >>"$log" 2>&1; then
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    give_up "These packages could not be installed: ${missing[*]}"
  fi
}

# True if build/PRESET is configured; one that was moved here from another place is of no use.
configured() {
  [[ -f $root/build/$1/build.ninja ]] &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$root/build/$1/CMakeCache.txt"
}

# configure PRESET [CMAKE OPTION...]
configure() {
  local launcher=()
  configured "$1" || rm -rf "$root/build/$1"
  ! command -v ccache >/dev/null || launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  (cd "$root" && cmake --preset "$@" "${launcher[@]}")
}
