// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// OVHcloud AI Endpoints (help.ovhcloud.com, AI Endpoints; variable: github.com/ovh/public-cloud-examples).
inline constexpr vendor_row ovhcloud = {
    .name = "ovhcloud",
    .base = "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
    .key_env = {"OVHCLOUD_API_KEY", "OVH_AI_ENDPOINTS_ACCESS_TOKEN"},
    .base_env = "OVHCLOUD_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::transcription,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
