// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/gateway/own_path.hpp>
#include <llmx/gateway/pass_through.hpp>
#include <llmx/server/detail/forwarding.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/server/routes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The operator's own paths (`own_path`): requests that go to servers of the operator's choice as they came.
///
/// Bodies, fields, limits, tokens and answers are those of `vendor_paths_endpoint`; the credentials are `own_path::headers`.
/// A caller that is limited to models may request these alone. The gateway has the deployment `own_path_deployment` of each path. The longest
/// path that serves a request counts. Copies share the paths; `replace` may be called from any thread and holds for requests that come later.
template <class Registry> class own_paths_endpoint {
public:
    static constexpr std::string_view usage = "the operator's own paths";
    static constexpr std::string_view name = "pass_through";
    static constexpr std::string_view language = "";
    static constexpr bool quiet = false;
    static constexpr bool streams_body = true;
    static constexpr bool takes_codings = true;
    using paths = std::shared_ptr<const std::vector<own_path>>;

    own_paths_endpoint() : own_paths_endpoint(nullptr) {}
    explicit own_paths_endpoint(paths all) : shared_(std::make_shared<state>()) { shared_->all = std::move(all); }
    void replace(paths all) {
        const std::lock_guard<std::mutex> lock(shared_->mutex);
        shared_->all = std::move(all);
    }

    static bool needs_key(const endpoint_match& m) noexcept { return m.form != open; }
    static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    [[nodiscard]] endpoint_match match(std::string_view method, std::string_view path) const noexcept {
        const paths all = current();
        std::string_view rest;
        const own_path* const found = find(all, path, rest);
        if (found == nullptr) return endpoint_match();
        return endpoint_match::of(method, allow_text(found->methods), rest, found->needs_key ? keyed : open);
    }

    template <server_gateway Gateway> boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        const paths all = current();
        std::string_view rest;
        const own_path* const route = find(all, peer.head().path, rest);
        const auto carrier = Registry::find("openai_compatible");
        const std::string group = route != nullptr ? pass_through_group(route->path) : std::string();
        const std::shared_ptr<const topology> served = gateway.world();
        result<void> good = success();
        // The paths may have been replaced since the request was matched.
        if (route == nullptr || !carrier || served->find(group) == nullptr)
            good = error(errc::not_found, "the path is not served by this gateway any more");
        else if (route->needs_key && peer.match().form == open) good = error(errc::authentication, "the path needs a key now; send one");
        if (!good) {
            co_await peer.fail(good.error());
            co_return;
        }
        detail::forwarding passing(peer, Registry::ops(*carrier), rest, *route);
        good = co_await passing.read();
        if (good) good = passing.admit(*served);
        if (!good) {
            co_await peer.fail(good.error());
            co_return;
        }
        call& c = peer.open_call();
        const detail::call_ending ending(c);
        passing.set_up(c, group);
        result<reply> got = co_await gateway.execute(c);
        co_await passing.give(c, got);
    }

private:
    static constexpr std::uint8_t keyed = 0, open = 1;
    struct state {
        state() = default;
        std::mutex mutex;
        paths all;
    };
    [[nodiscard]] paths current() const noexcept {
        const std::lock_guard<std::mutex> lock(shared_->mutex);
        return shared_->all;
    }
    [[nodiscard]] static const own_path* find(const paths& all, std::string_view path, std::string_view& rest) noexcept {
        const own_path* best = nullptr;
        if (all == nullptr) return best;
        for (const own_path& p : *all) {
            std::string_view behind;
            if (!p.serves(path, behind) || (best != nullptr && best->path.size() >= p.path.size())) continue;
            best = &p;
            rest = behind;
        }
        return best;
    }
    /// For the Allow field, which outlives a list that is replaced.
    [[nodiscard]] static std::string_view allow_text(std::uint8_t methods) {
        constexpr std::size_t count = std::size(own_path_methods), all = std::size_t{1} << count;
        static const std::array<std::string, all> texts = [] {
            std::array<std::string, all> made;
            for (std::size_t set = 0; set != all; ++set)
                for (std::size_t i = 0; i != count; ++i)
                    if (set == 0 || (set >> i & 1) != 0) (made[set] += made[set].empty() ? "" : ", ") += own_path_methods[i];
            return made;
        }();
        return texts[methods % all];
    }

    std::shared_ptr<state> shared_;
};

} // namespace llmx::inline LLMX_ABI
