// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/ocr.hpp>
#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr base_form azure_ai_forms[] = {
    {.host = ".services.ai.azure.com", .path = "/openai/v1", .auth_field = "api-key"},
    {.host = ".openai.azure.com", .path = "/openai/v1", .auth_field = "api-key"},
    {.host = ".services.ai.azure.com", .path = "/models", .query = "?api-version=2024-05-01-preview", .auth_field = "api-key"},
    {.host = ".services.ai.azure.com", .suffix = "/models", .query = "?api-version=2024-05-01-preview", .auth_field = "api-key"},
    {.host = ".openai.azure.com", .auth_field = "api-key"}};
// learn.microsoft.com/azure/ai-foundry/how-to/deploy-models-mistral: documents are data URLs there.
inline constexpr operation_path azure_ai_paths[] = {{&ocr::info, "/providers/mistral/azure/ocr", "mistral_ocr", true}};
} // namespace detail

namespace rows {
/// Azure AI Foundry: models of all publishers at an Azure AI resource, `https://{resource}.services.ai.azure.com`, or at a
/// serverless endpoint (learn.microsoft.com/azure/ai-foundry/model-inference). A base URL that ends in /openai/v1 is the
/// versionless API. Azure's own hosts take the key in `api-key`.
inline constexpr vendor_row azure_ai = {
    .name = "azure_ai",
    .key_env = "AZURE_AI_API_KEY",
    .base_env = "AZURE_AI_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::ocr,
    .paths = detail::azure_ai_paths,
    .forms = detail::azure_ai_forms,
    .text_content = true,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
