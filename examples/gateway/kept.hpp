// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/access/principal_directory.hpp>
#include <llmx/gateway/stock_gateway.hpp>
#include <llmx/server/endpoints/openai_batches.hpp>
#include <llmx/server/host.hpp>
#include <llmx/server/resources.hpp>
#include <llmx/settings/gateway_settings.hpp>
#include <llmx/storage/folder.hpp>
#include <llmx/storage/memory.hpp>
#include <llmx/telemetry/call_log.hpp>
#include <llmx/wire/digest.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// Files, batches and the records of other resources, as \p s has them. \p principals must outlive it. What the operator should know goes to \p warnings.
inline llmx::result<std::shared_ptr<llmx::resources>> open_kept(const llmx::kept_settings& s, const llmx::secret& master,
                                                                const llmx::principal_directory& principals, std::vector<std::string>& warnings) {
    llmx::resource_options o;
    if (!s.path.empty()) {
        llmx::folder_store_options f;
        f.path = s.path;
        f.max_bytes = s.max_bytes;
        const auto opened = llmx::folder_store::open(f);
        if (!opened) return llmx::error(llmx::errc::bad_configuration, "general_settings.files: " + opened.error().message());
        o.blobs = std::shared_ptr<llmx::blob_store>(*opened, &(*opened)->blobs());
    } else {
        llmx::memory_store_options m;
        // Beside the memory for requests; a program for more has a folder.
        m.max_blob_bytes = std::size_t{256} * 1024 * 1024;
        const auto made = std::make_shared<llmx::memory_store>(m);
        o.blobs = std::shared_ptr<llmx::blob_store>(made, &made->blobs());
    }
    if (!s.id_key.empty()) {
        o.id_key = s.id_key;
    } else if (!master.empty()) {
        const auto made = llmx::hmac_sha256(master.reveal(), "llmx: the key of ids");
        if (!made) return made.error();
        o.id_key = llmx::secret(std::string(llmx::bytes_of(*made)));
    } else {
        if (!s.path.empty())
            warnings.push_back("general_settings.files has no id_key and there is no master_key: ids of files and batches end with this process");
        std::random_device random;
        std::string bytes;
        for (int i = 0; i < 32; ++i) bytes += static_cast<char>(random());
        o.id_key = llmx::secret(std::move(bytes));
    }
    o.max_file_bytes = s.max_file_bytes;
    o.batch_concurrency = s.batch_concurrency;
    o.batch_requests_per_minute = s.batch_requests_per_minute;
    o.batch_retries = s.batch_retries;
    o.longest_retry_wait = std::chrono::seconds(s.batch_retry_wait);
    o.native_batches = s.native_batches;
    o.find_principal = [&principals](std::string_view id) { return principals.find(id); };
    o.observer = std::make_shared<llmx::call_log>();
    return std::make_shared<llmx::resources>(std::move(o));
}

/// \p made, whose first runtime continues the batches of an earlier process.
inline llmx::runtime_factory resuming(llmx::runtime_factory made, std::shared_ptr<llmx::resources> kept, llmx::stock_gateway& gateway) {
    const auto first = std::make_shared<std::atomic<bool>>(true);
    return [made = std::move(made), kept = std::move(kept), first, &gateway](boost::asio::io_context& io) {
        auto on = made(io);
        if (first->exchange(false)) llmx::resume_batches(kept, *on, llmx::any_service::refer_to(gateway));
        return on;
    };
}

inline void note_principals(llmx::principal_directory& all, const llmx::listen_settings& s) { all.replace(s.keys, !s.master_key.empty()); }
