// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/connection_reader.hpp>
#include <llmx/settings/detail/general_reader.hpp>
#include <llmx/transport/http_proxy.hpp>
#include <llmx/transport/tls_client.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void connection_reader::read_verify(settings_node& node, wishes& into) {
    if (!node.given()) return;
    if (const result<bool> on = node.value()->as_bool()) {
        into.verify = *on;
        into.authorities.clear();
        if (!*on) node.warn("certificates are not verified: keys and prompts can be read on the way; give the path of a file with the authority instead");
        return;
    }
    if (std::string path; node.text(path)) {
        if (path.empty()) return node.unexpected("true, false or the path of a file or directory of certificate authorities");
        into.verify = true;
        into.authorities = std::move(path);
    }
}

LLMX_DECL void connection_reader::read_pins(settings_node& list, std::string_view host, wishes& into) {
    if (!list.given()) return;
#if defined(LLMX_NO_TLS)
    list.warn("has no effect: this program was built without TLS");
    static_cast<void>(host);
    static_cast<void>(into);
#else
    std::vector<std::string> all;
    if (!list.is_list()) all.resize(1);
    if (list.is_list() ? !list.texts(all) : !list.text(all.front())) return;
    for (std::string& text : all) {
        if (const result<tls_pin> pin = parse_tls_pin(host, text); !pin) list.fail(list.quoted(text) + ": " + pin.error().message());
        else into.pins.emplace_back(host, std::move(text));
    }
#endif
}

LLMX_DECL void connection_reader::read_defaults(settings_node& litellm, settings_node& general) {
    // What is no map is reported where its other keys are read.
    if ((litellm.given() && !litellm.is_map()) || (general.given() && !general.is_map())) return;
    settings_node& verify = litellm.at("ssl_verify");
    settings_node& certificate = litellm.at("ssl_certificate");
    read_verify(verify.given() ? verify : verify.variable("SSL_VERIFY"), general_);
    (certificate.given() ? certificate : certificate.variable("SSL_CERTIFICATE")).text(general_.certificate);
    if (settings_node& pins = general.at("ssl_pins"); pins.given()) {
        if (!pins.is_map()) pins.unexpected("a map from hosts to lists of pins (sha256/...)");
        else
            for (std::size_t i = 0; i < pins.size(); ++i) {
                settings_node& one = pins.item(i);
                read_pins(one, one.key(), general_);
            }
    }
    defaults_ = make(general_, litellm);
}

LLMX_DECL std::shared_ptr<const connection_rules> connection_reader::read(settings_node& p) {
    wishes w = general_;
    settings_node& certificate = p.first_of({"client_cert", "ssl_certificate"});
    settings_node& key = p.at("client_key");
    settings_node& proxy = p.at("proxy_url");
    read_verify(p.at("ssl_verify"), w);
    // The key belongs to the certificate.
    if (certificate.text(w.certificate)) w.key.clear();
    if (key.text(w.key) && w.certificate.empty()) key.fail("the key of a client's certificate needs client_cert beside it");
    if (settings_node& pins = p.at("ssl_pins"); pins.given()) {
        // The deployment has one host, whose pins these are.
        w.pins.clear();
        read_pins(pins, "*", w);
    }
    if (secret url; proxy.hidden(url)) {
        w.proxy = url.reveal();
        if (const auto via = parse_proxy("a forward proxy", w.proxy); w.proxy != "none" && !via) {
            proxy.fail(via.error().message() + ", or none");
            w.proxy.clear();
        }
    }
    return make(w, certificate.given() ? certificate : p);
}

LLMX_DECL std::shared_ptr<const connection_rules> connection_reader::make(const wishes& w, settings_node& at) {
    if (w == wishes()) return nullptr;
    for (const auto& [known, rules] : made_)
        if (known == w) return rules;
    auto rules = std::make_shared<connection_rules>();
    if (!w.proxy.empty()) {
        proxy_settings& s = rules->proxies.emplace();
        if (w.proxy != "none") {
            if (const result<http_proxy> via = parse_proxy("proxy_url", w.proxy)) s.http = s.https = *via;
        }
    }
    wishes plain;
    plain.proxy = w.proxy;
    if (!(w == plain)) {
#if defined(LLMX_NO_TLS)
        at.warn("certificates have no effect: this program was built without TLS");
#else
        tls_options o;
        o.insecure_skip_verify = w.verify && !*w.verify;
        std::error_code ec;
        if (!w.authorities.empty()) (std::filesystem::is_directory(w.authorities, ec) ? o.ca_path : o.ca_file) = w.authorities;
        o.certificate_file = w.certificate;
        o.key_file = w.key;
        for (const auto& [host, text] : w.pins)
            if (result<tls_pin> pin = parse_tls_pin(host, text)) o.pins.push_back(std::move(*pin));
        rules->tls = std::make_shared<tls_client>(std::move(o));
        // Files that cannot be read are a mistake of the configuration, not of the first call.
        if (const auto ready = rules->tls->context(); !ready) {
            at.fail(ready.error().message());
            return nullptr;
        }
#endif
    }
    return made_.emplace_back(w, std::move(rules)).second;
}

LLMX_DECL void connection_reader::read_base(settings_node& node, callers_access& into) {
    std::string text;
    if (!node.text(text)) return;
    constexpr std::string_view any = "://*.";
    const std::size_t star = text.find(any);
    if (star != std::string::npos) text.erase(star + any.size() - 2, 2);
    result<base_url> base = parse_base_url(text);
    // LiteLLM has regular expressions here, which it anchors at the beginning alone.
    if (!base || base->where.host.find('*') != std::string::npos || text.find_first_of("^$\\()[]{}|+") != std::string::npos)
        return node.unexpected("the URL of a server, such as https://api.example.com/v1, or https://*.example.com for all hosts below example.com; "
                               "regular expressions are not supported");
    if (star != std::string::npos) base->where.host.insert(0, "*.");
    into.base = true;
    into.bases.push_back(std::move(*base));
}

LLMX_DECL std::shared_ptr<const callers_access> connection_reader::read_callers(settings_node& list) {
    if (!list.given()) return nullptr;
    const auto expected = [](settings_node& at) { at.unexpected("api_key, api_base, base_url, api_version, or a map from api_base to a URL"); };
    if (!list.is_list()) {
        expected(list);
        return nullptr;
    }
    auto may = std::make_shared<callers_access>();
    bool any_base = false;
    for (std::size_t i = 0; i < list.size(); ++i) {
        settings_node& one = list.item(i);
        if (one.is_map()) {
            read_base(one.first_of({"api_base", "base_url"}), *may);
            continue;
        }
        std::string name;
        if (!one.text(name)) continue;
        if (name == "api_key") may->key = true;
        else if (name == "api_version") may->version = true;
        else if (name == "api_base" || name == "base_url") any_base = may->base = true;
        else expected(one);
    }
    if (any_base) may->bases.clear();
    if (may->base && !may->key) list.fail("a caller's api_base needs the caller's api_key: add api_key to the list");
    return may;
}

LLMX_DECL void general_reader::read_callers(settings_node& litellm, settings_node& general) {
    auto guarded = std::make_shared<connection_rules>();
    guarded->public_only = true;
    settings_node& checks = litellm.at("user_url_validation");
    checks.flag(guarded->public_only);
    if (!guarded->public_only)
        checks.warn("callers who may name a server can reach those of this network; list the hosts in user_url_allowed_hosts instead");
    litellm.at("user_url_allowed_hosts").texts(guarded->allowed_hosts);
    bool all = false, mocks = false;
    general.at("allow_client_side_credentials").flag(all);
    settings_node& answers = general.at("allow_client_mock_responses");
    answers.flag(mocks);
    if (mocks && into_.answer_settings == nullptr) {
        answers.warn("has no effect: this program has no provider 'mock'");
        mocks = false;
    }
    for (deployment& d : into_.deployments) {
        if (!all && !mocks && d.callers == nullptr) continue;
        auto may = d.callers != nullptr ? std::make_shared<callers_access>(*d.callers) : std::make_shared<callers_access>();
        if (all) {
            may->key = may->base = may->version = true;
            may->bases.clear();
        }
        if (mocks) {
            may->mock_provider = "mock";
            may->mock_settings = into_.answer_settings;
        }
        may->connection = guarded;
        d.callers = std::move(may);
    }
}

} // namespace llmx::inline LLMX_ABI::detail
