// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/abliteration.hpp>
#include <llmx/providers/vendors/ai21_chat.hpp>
#include <llmx/providers/vendors/aihubmix.hpp>
#include <llmx/providers/vendors/aiml.hpp>
#include <llmx/providers/vendors/amazon_nova.hpp>
#include <llmx/providers/vendors/anyscale.hpp>
#include <llmx/providers/vendors/apertis.hpp>
#include <llmx/providers/vendors/azure_ai.hpp>
#include <llmx/providers/vendors/baseten.hpp>
#include <llmx/providers/vendors/bedrock_mantle.hpp>
#include <llmx/providers/vendors/cerebras.hpp>
#include <llmx/providers/vendors/charity_engine.hpp>
#include <llmx/providers/vendors/chutes.hpp>
#include <llmx/providers/vendors/clarifai.hpp>
#include <llmx/providers/vendors/cloudflare.hpp>
#include <llmx/providers/vendors/codestral.hpp>
#include <llmx/providers/vendors/cognition.hpp>
#include <llmx/providers/vendors/cohere_compatible.hpp>
#include <llmx/providers/vendors/cometapi.hpp>
#include <llmx/providers/vendors/compactifai.hpp>
#include <llmx/providers/vendors/coralbricks.hpp>
#include <llmx/providers/vendors/cortecs.hpp>
#include <llmx/providers/vendors/crusoe.hpp>
#include <llmx/providers/vendors/darkbloom.hpp>
#include <llmx/providers/vendors/dashscope.hpp>
#include <llmx/providers/vendors/databricks.hpp>
#include <llmx/providers/vendors/datarobot.hpp>
#include <llmx/providers/vendors/deepinfra.hpp>
#include <llmx/providers/vendors/deepseek.hpp>
#include <llmx/providers/vendors/docker_model_runner.hpp>
#include <llmx/providers/vendors/edenai.hpp>
#include <llmx/providers/vendors/empiriolabs.hpp>
#include <llmx/providers/vendors/empower.hpp>
#include <llmx/providers/vendors/featherless_ai.hpp>
#include <llmx/providers/vendors/fireworks_ai.hpp>
#include <llmx/providers/vendors/friendliai.hpp>
#include <llmx/providers/vendors/galadriel.hpp>
#include <llmx/providers/vendors/github.hpp>
#include <llmx/providers/vendors/gmi.hpp>
#include <llmx/providers/vendors/gradient_ai.hpp>
#include <llmx/providers/vendors/groq.hpp>
#include <llmx/providers/vendors/helicone.hpp>
#include <llmx/providers/vendors/heroku.hpp>
#include <llmx/providers/vendors/hosted_vllm.hpp>
#include <llmx/providers/vendors/huggingface.hpp>
#include <llmx/providers/vendors/hyperbolic.hpp>
#include <llmx/providers/vendors/inception.hpp>
#include <llmx/providers/vendors/inferenceapis.hpp>
#include <llmx/providers/vendors/infinity.hpp>
#include <llmx/providers/vendors/jina_ai.hpp>
#include <llmx/providers/vendors/lambda_ai.hpp>
#include <llmx/providers/vendors/lemonade.hpp>
#include <llmx/providers/vendors/libertai.hpp>
#include <llmx/providers/vendors/litellm_proxy.hpp>
#include <llmx/providers/vendors/llamafile.hpp>
#include <llmx/providers/vendors/llamagate.hpp>
#include <llmx/providers/vendors/lm_studio.hpp>
#include <llmx/providers/vendors/maritalk.hpp>
#include <llmx/providers/vendors/meta.hpp>
#include <llmx/providers/vendors/meta_llama.hpp>
#include <llmx/providers/vendors/minimax.hpp>
#include <llmx/providers/vendors/mistral.hpp>
#include <llmx/providers/vendors/modelscope.hpp>
#include <llmx/providers/vendors/moonshot.hpp>
#include <llmx/providers/vendors/morph.hpp>
#include <llmx/providers/vendors/nadir.hpp>
#include <llmx/providers/vendors/nano_gpt.hpp>
#include <llmx/providers/vendors/nebius.hpp>
#include <llmx/providers/vendors/neosantara.hpp>
#include <llmx/providers/vendors/novita.hpp>
#include <llmx/providers/vendors/nscale.hpp>
#include <llmx/providers/vendors/nvidia_nim.hpp>
#include <llmx/providers/vendors/ollama_v1.hpp>
#include <llmx/providers/vendors/oobabooga.hpp>
#include <llmx/providers/vendors/openrouter.hpp>
#include <llmx/providers/vendors/ovhcloud.hpp>
#include <llmx/providers/vendors/parasail.hpp>
#include <llmx/providers/vendors/perplexity.hpp>
#include <llmx/providers/vendors/pinstripes.hpp>
#include <llmx/providers/vendors/poe.hpp>
#include <llmx/providers/vendors/prism.hpp>
#include <llmx/providers/vendors/publicai.hpp>
#include <llmx/providers/vendors/qwen_ai_platform.hpp>
#include <llmx/providers/vendors/qwencloud.hpp>
#include <llmx/providers/vendors/ragflow.hpp>
#include <llmx/providers/vendors/reka.hpp>
#include <llmx/providers/vendors/sail.hpp>
#include <llmx/providers/vendors/sambanova.hpp>
#include <llmx/providers/vendors/sarvam.hpp>
#include <llmx/providers/vendors/scaleway.hpp>
#include <llmx/providers/vendors/scx_ai.hpp>
#include <llmx/providers/vendors/snowflake.hpp>
#include <llmx/providers/vendors/synthetic.hpp>
#include <llmx/providers/vendors/tencent.hpp>
#include <llmx/providers/vendors/tensormesh.hpp>
#include <llmx/providers/vendors/together_ai.hpp>
#include <llmx/providers/vendors/v0.hpp>
#include <llmx/providers/vendors/veniceai.hpp>
#include <llmx/providers/vendors/vercel_ai_gateway.hpp>
#include <llmx/providers/vendors/volcengine.hpp>
#include <llmx/providers/vendors/voyage.hpp>
#include <llmx/providers/vendors/wandb.hpp>
#include <llmx/providers/vendors/xai.hpp>
#include <llmx/providers/vendors/xiaomi_mimo.hpp>
#include <llmx/providers/vendors/xinference.hpp>
#include <llmx/providers/vendors/zai.hpp>

namespace llmx::inline LLMX_ABI {

/// The rows of all OpenAI-compatible vendors in llmx.
///
/// Source of their URLs, variables and members, where a row names no other: the vendors' own pages and
/// LiteLLM's documentation of providers (docs.litellm.ai/docs/providers), read in November 2026.
inline constexpr const vendor_row* stock_rows[] = {
    &rows::abliteration, &rows::ai21_chat, &rows::aihubmix, &rows::aiml, &rows::amazon_nova, &rows::anyscale,
    &rows::apertis, &rows::baseten, &rows::bedrock_mantle, &rows::cerebras,
    &rows::charity_engine, &rows::chutes, &rows::clarifai, &rows::cloudflare, &rows::codestral, &rows::cognition,
    &rows::cohere_compatible, &rows::cometapi, &rows::compactifai, &rows::coralbricks, &rows::cortecs, &rows::crusoe,
    &rows::darkbloom, &rows::dashscope, &rows::datarobot, &rows::deepinfra, &rows::deepseek,
    &rows::docker_model_runner, &rows::edenai, &rows::empiriolabs, &rows::empower, &rows::featherless_ai,
    &rows::fireworks_ai, &rows::friendliai, &rows::galadriel, &rows::github, &rows::gmi, &rows::gradient_ai,
    &rows::groq, &rows::helicone, &rows::heroku, &rows::hosted_vllm, &rows::huggingface, &rows::hyperbolic,
    &rows::inception, &rows::inferenceapis, &rows::infinity, &rows::jina_ai, &rows::lambda_ai, &rows::lemonade,
    &rows::libertai, &rows::litellm_proxy, &rows::llamafile, &rows::llamagate, &rows::lm_studio, &rows::maritalk,
    &rows::meta, &rows::meta_llama, &rows::minimax, &rows::mistral, &rows::modelscope, &rows::moonshot, &rows::morph,
    &rows::nadir, &rows::nano_gpt, &rows::nebius, &rows::neosantara, &rows::novita, &rows::nscale, &rows::nvidia_nim,
    &rows::ollama_v1, &rows::oobabooga, &rows::openrouter, &rows::ovhcloud, &rows::parasail, &rows::perplexity,
    &rows::pinstripes, &rows::poe, &rows::prism, &rows::publicai, &rows::qwen_ai_platform, &rows::qwencloud,
    &rows::ragflow, &rows::reka, &rows::sail, &rows::sambanova, &rows::sarvam, &rows::scaleway, &rows::scx_ai,
    &rows::synthetic, &rows::tencent, &rows::tensormesh, &rows::together_ai, &rows::v0,
    &rows::veniceai, &rows::vercel_ai_gateway, &rows::volcengine, &rows::voyage, &rows::wandb, &rows::xai,
    &rows::xiaomi_mimo, &rows::xinference, &rows::zai};

/// The rows of vendors that take credentials in place of a key (`authorized_vendor`); as rows alone they take keys.
inline constexpr const vendor_row* credential_rows[] = {&rows::azure_ai, &rows::databricks, &rows::snowflake};

} // namespace llmx::inline LLMX_ABI
