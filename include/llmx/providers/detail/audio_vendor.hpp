// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/provider.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Target: the base URL's path, without the version that the codec's path has, and the end that the request decides on. \p scheme stands
/// before the key in \p field.
LLMX_DECL void prepare_audio(const deployment& d, const outgoing& what, std::string_view field, std::string_view scheme, http_request& out);
/// Failures of ElevenLabs (`detail.message`), Deepgram (`err_msg`), and of servers made with FastAPI (`detail[].msg`, `detail`): fal's and others.
LLMX_DECL [[nodiscard]] error_body read_audio_error(std::string_view body);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/audio_vendor.ipp>
#endif
