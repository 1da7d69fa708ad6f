// SPDX-License-Identifier: BSL-1.0
// A guardrail of your own: refuses requests that contain a keyword, and masks it in answers, whole or
// streamed, whatever languages the caller and the provider use.
#pragma once

#include <llmx/guard/guardrail.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>

class keyword_guardrail : public llmx::guardrail<keyword_guardrail> {
public:
    /// \p word: not empty.
    explicit keyword_guardrail(std::string word) : word_(std::move(word)) {}
    std::string_view name() const noexcept override { return "keyword"; }

    boost::asio::awaitable<llmx::result<void>> before_call(llmx::call&, const llmx::chat_request& request) override {
        for (const auto& m : request.messages)
            if (m.text().find(word_) != std::string::npos)
                co_return llmx::refused_by(name(), "a message contains a word that may not be sent");
        co_return llmx::success();
    }
    boost::asio::awaitable<llmx::result<void>> after_call(llmx::call&, llmx::chat_reply& answer) override {
        for (auto& choice : answer.choices)
            for (auto& part : choice.answer.content)
                if (auto* const text = std::get_if<llmx::text_part>(&part)) mask(text->text);
        co_return llmx::success();
    }
    std::unique_ptr<llmx::chat_filter> watch_stream(llmx::call&) override { return std::make_unique<filter>(*this); }

private:
    void mask(std::string& text) const {
        for (auto at = text.find(word_); at != std::string::npos; at = text.find(word_, at + word_.size())) text.replace(at, word_.size(), word_.size(), '*');
    }

    /// Text is passed on when it cannot be part of the word any more: at most the word's length is held back.
    class filter final : public llmx::chat_filter {
    public:
        explicit filter(const keyword_guardrail& by) : by_(by) {}
        llmx::result<void> see(const llmx::chat_event& e, llmx::chat_sink& out) override {
            if (e.what == llmx::chat_event::kind::text) {
                held& h = held_[e.choice];
                if (h.part != e.part) release(e.choice, h, h.text.size(), out);
                h.part = e.part;
                h.text += e.text;
                by_.mask(h.text);
                std::size_t unsure = std::min(h.text.size(), by_.word_.size() - 1);
                while (!h.text.ends_with(by_.word_.substr(0, unsure))) --unsure;
                release(e.choice, h, h.text.size() - unsure, out);
                return llmx::success();
            }
            if (e.what == llmx::chat_event::kind::finish || e.what == llmx::chat_event::kind::tool_call) (void)end(out);
            out.emit(e);
            return llmx::success();
        }
        llmx::result<void> end(llmx::chat_sink& out) override {
            for (auto& [choice, h] : held_) release(choice, h, h.text.size(), out);
            return llmx::success();
        }

    private:
        struct held {
            std::uint32_t part = 0;
            std::string text;
        };
        static void release(std::uint32_t choice, held& h, std::size_t n, llmx::chat_sink& out) {
            if (n == 0) return;
            llmx::chat_event e;
            e.what = llmx::chat_event::kind::text;
            e.choice = choice;
            e.part = h.part;
            e.text = std::string_view(h.text).substr(0, n);
            out.emit(e);
            h.text.erase(0, n);
        }
        const keyword_guardrail& by_;
        std::map<std::uint32_t, held> held_;
    };

    std::string word_;
};
