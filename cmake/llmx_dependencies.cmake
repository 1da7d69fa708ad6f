# SPDX-License-Identifier: BSL-1.0
# The libraries that llmx needs, found in the same way by this project and by the installed package.

# Sets <message> to one sentence about the first library that is missing, or to the empty string. Calls of
# find_package stay quiet: the sentence replaces their output.
macro(llmx_find_dependencies tls yaml message)
  set(${message} "")
  set(THREADS_PREFER_PTHREAD_FLAG ON)
  find_package(Threads QUIET)
  # Debian 12 has Boost 1.81, the oldest version that is tested.
  find_package(Boost 1.81 QUIET COMPONENTS json)
  if(NOT Threads_FOUND)
    set(${message} "llmx: no thread library: install the platform's C library with pthread support")
  elseif(NOT Boost_FOUND OR NOT TARGET Boost::json)
    set(${message} "llmx: Boost 1.81 or newer with Boost.JSON is missing: install libboost-json1.81-dev (Debian) or boost, or set Boost_ROOT to its prefix")
  endif()
  if(${tls} AND NOT ${message})
    find_package(OpenSSL QUIET)
    if(NOT OPENSSL_FOUND)
      set(${message} "llmx: OpenSSL is missing: install libssl-dev (Debian) or openssl, set OPENSSL_ROOT_DIR to its prefix, or configure llmx with -DLLMX_TLS=OFF")
    endif()
  endif()
  if(${yaml} AND NOT ${message})
    find_package(yaml-cpp QUIET)
    if(NOT yaml-cpp_FOUND)
      set(${message} "llmx: yaml-cpp is missing: install libyaml-cpp-dev (Debian) or yaml-cpp, or configure llmx with -DLLMX_WITH_YAML=OFF")
    endif()
  endif()
endmacro()
