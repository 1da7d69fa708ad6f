// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `settings/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/settings.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/settings/impl/client_reader.ipp>
#include <llmx/settings/impl/configuration_reader.ipp>
#include <llmx/settings/impl/connection_reader.ipp>
#include <llmx/settings/impl/environment.ipp>
#include <llmx/settings/impl/files.ipp>
#include <llmx/settings/impl/general_reader.ipp>
#include <llmx/settings/impl/json.ipp>
#include <llmx/settings/impl/key_reader.ipp>
#include <llmx/settings/impl/model_environment.ipp>
#include <llmx/settings/impl/model_identity.ipp>
#include <llmx/settings/impl/model_reader.ipp>
#include <llmx/settings/impl/model_requests.ipp>
#include <llmx/settings/impl/node.ipp>
#include <llmx/settings/impl/notes.ipp>
#include <llmx/settings/impl/own_path_reader.ipp>
#include <llmx/settings/impl/search_tools.ipp>
#include <llmx/settings/impl/tokenizers.ipp>
#include <llmx/settings/impl/tree.ipp>
#include <llmx/settings/impl/value_source.ipp>
#include <llmx/settings/impl/yaml.ipp>

#endif
