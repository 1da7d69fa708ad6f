// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The shortest chunked body (RFC 9112 section 7.1): "0" CR LF CR LF.
inline constexpr std::size_t shortest_chunked_body = 5;

/// Whether a reader must wait for more bytes before Beast's parser may see \p bytes, the beginning
/// of a chunked body.
///
/// Beast 1.81 stores that the chunk header it saw was the final one and asserts, when it is
/// given the bytes again with more after them, that they are at least five
/// (boost/beast/http/impl/basic_parser.ipp, `parse_chunk_header`). A body that begins with its final
/// chunk and arrives as "0" CR LF and then CR violates that, and so does giving it the same three
/// bytes twice. No other assertion of that parser depends on where the input is cut. Behind a chunk
/// that had data the CR LF that ends it is counted too, so five bytes are always there.
///
/// Waiting delays nothing: a body that begins with "0" has no data in its first four bytes.
///
/// \param bytes the bytes of the body that have arrived; none of them was consumed.
/// \param first no chunk header was accepted before; Beast reports one by `on_chunk_header_impl`.
/// \returns true when \p bytes must be kept until more have come. At the end of the connection they
///     are an incomplete body, as `put_eof` reports.
[[nodiscard]] constexpr bool wait_for_final_chunk(std::string_view bytes, bool first) noexcept {
    return first && bytes.size() < shortest_chunked_body && !bytes.empty() && bytes.front() == '0';
}

} // namespace llmx::inline LLMX_ABI::detail
