// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/codec.hpp>
#include <llmx/providers/provider.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
template <class List, class... More> struct longer_codec_list;
template <class... Cs, class... More> struct longer_codec_list<codec_list<Cs...>, More...> {
    using type = codec_list<Cs..., More...>;
};
} // namespace detail

/// The provider \p P with further operations, whose codecs are \p Cs: `registry<with_codecs<anthropic, anthropic_count_tokens>>`.
///
/// A program that does not name them contains nothing of them. The provider must reach their paths as it does those of its own.
template <provider P, codec... Cs> struct with_codecs : P {
    using codecs = typename detail::longer_codec_list<typename P::codecs, Cs...>::type;
};

} // namespace llmx::inline LLMX_ABI
