// SPDX-License-Identifier: BSL-1.0
#pragma once

#if !defined(LLMX_WITH_ZLIB)
#error "llmx: tests/support/deflated.hpp needs zlib: include it where LLMX_WITH_ZLIB is defined"
#endif

#include <boost/test/unit_test.hpp>

#include <zlib.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmx_test {

/// \p pieces compressed as one text, each flushed by itself, as a server that streams does. \p window: 15 is zlib's form, 31 gzip's, -15
/// the bare one.
inline std::string deflated_pieces(std::span<const std::string_view> pieces, int window) {
    z_stream z{};
    BOOST_REQUIRE(deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        std::string part(deflateBound(&z, static_cast<uLong>(pieces[i].size())) + 64, '\0');
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(pieces[i].data()));
        z.avail_in = static_cast<uInt>(pieces[i].size());
        z.next_out = reinterpret_cast<Bytef*>(part.data());
        z.avail_out = static_cast<uInt>(part.size());
        const bool last = i + 1 == pieces.size();
        BOOST_REQUIRE(deflate(&z, last ? Z_FINISH : Z_SYNC_FLUSH) == (last ? Z_STREAM_END : Z_OK));
        out.append(part, 0, part.size() - z.avail_out);
    }
    deflateEnd(&z);
    return out;
}
inline std::string deflated_pieces(const std::vector<std::string>& pieces, int window) {
    const std::vector<std::string_view> views(pieces.begin(), pieces.end());
    return deflated_pieces(views, window);
}

/// \p text compressed at once.
inline std::string deflated(std::string_view text, int window) {
    return deflated_pieces(std::span<const std::string_view>(&text, 1), window);
}

} // namespace llmx_test
