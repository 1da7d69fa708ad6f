// SPDX-License-Identifier: BSL-1.0
// Where the gateway program's facts about models come from, and the thread that reloads them.
#include "../../../examples/gateway/models_source.hpp"
#include "../../../examples/gateway/reload_worker.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace models_source_unit {

using namespace llmx;
using boost::asio::ip::tcp;

namespace {

/// Answers each connection with the next of some texts, and refuses those after the last.
class facts_server {
public:
    explicit facts_server(std::vector<std::string> bodies)
        : acceptor_(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)), thread_([this, bodies] {
              for (const std::string& body : bodies) {
                  tcp::socket peer(io_);
                  acceptor_.accept(peer);
                  std::string head;
                  boost::system::error_code ignored;
                  boost::asio::read_until(peer, boost::asio::dynamic_buffer(head), "\r\n\r\n", ignored);
                  const std::string answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: " +
                                             std::to_string(body.size()) + "\r\n\r\n" + body;
                  boost::asio::write(peer, boost::asio::buffer(answer), ignored);
              }
              acceptor_.close();
          }),
          port_(acceptor_.local_endpoint().port()) {}
    ~facts_server() { wait(); }
    void wait() {
        if (thread_.joinable()) thread_.join();
    }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/prices.json?token=sk-signature"; }

private:
    boost::asio::io_context io_;
    tcp::acceptor acceptor_;
    std::thread thread_;
    std::uint16_t port_;
};

const std::string good = R"({"gpt-from-afar":{"litellm_provider":"openai","mode":"chat","max_input_tokens":1234}})";
const std::atomic<bool> goes_on = false;

bool knows(const models_source::catalog& c) { return c->find_listed("openai", "gpt-from-afar") != nullptr; }

} // namespace

BOOST_AUTO_TEST_SUITE(catalog_models_source)

BOOST_AUTO_TEST_CASE(facts_that_were_understood_stay_when_later_ones_are_not) {
    const std::string bad[] = {"<html>maintenance</html>", "{\"gpt-from-afar\":", "[]", ""};
    for (const std::string& text : bad) BOOST_TEST_CONTEXT(text) {
        facts_server server({good, text, text});
        const std::string url = server.url();
        models_source source;
        std::vector<std::string> warnings;
        auto first = source.load(url, "models_file", goes_on, warnings);
        BOOST_REQUIRE(first.has_value());
        BOOST_TEST(knows(*first));
        BOOST_TEST(warnings.empty());
        // Twice: what was not understood must not be what is known the next time. Then the server is gone.
        for (int again = 0; again < 3; ++again) {
            if (again == 2) server.wait();
            warnings.clear();
            const auto later = source.load(url, "models_file", goes_on, warnings);
            BOOST_REQUIRE(later.has_value());
            BOOST_TEST(knows(*later));
            BOOST_TEST_REQUIRE(warnings.size() == 1u);
            BOOST_TEST(warnings[0].ends_with("; the facts fetched before stay in force"), warnings[0]);
            BOOST_TEST(warnings[0].find('\n') == std::string::npos);
            BOOST_TEST(warnings[0].find("sk-signature") == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(at_the_start_the_embedded_facts_stand_in) {
    facts_server server({"<html>", good});
    models_source source;
    std::vector<std::string> warnings;
    auto got = source.load(server.url(), "models_file", goes_on, warnings);
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(!knows(*got));
    BOOST_TEST_REQUIRE(warnings.size() == 1u);
    BOOST_TEST(warnings[0].ends_with("; the embedded facts of models are used"), warnings[0]);
    // Facts of one URL are not those of another.
    got = source.load(server.url(), "models_file", goes_on, warnings);
    BOOST_TEST(knows(*got));
    got = source.load("http://127.0.0.1:1/other.json", "models_file", goes_on, warnings);
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(!knows(*got));
    BOOST_TEST(!source.load("/no/such/file.json", "general_settings.models_file", goes_on, warnings).has_value());
}

BOOST_AUTO_TEST_CASE(a_program_that_ends_waits_for_no_server) {
    // It accepts, and never answers.
    boost::asio::io_context io;
    const tcp::acceptor silent(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    const std::string url = "http://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/";
    const std::atomic<bool> stopped = true;
    models_source source;
    std::vector<std::string> warnings;
    BOOST_TEST(source.load(url, "models_file", stopped, warnings).has_value());
    BOOST_TEST_REQUIRE(warnings.size() == 1u);
    BOOST_TEST(warnings[0].find("the program ends") != std::string::npos, warnings[0]);
}

BOOST_AUTO_TEST_CASE(reloads_run_elsewhere_and_those_that_come_meanwhile_are_one) {
    std::promise<void> begun, release;
    std::promise<std::thread::id> second;
    std::atomic<int> runs = 0;
    std::shared_future<void> go = release.get_future().share();
    {
        reload_worker worker([&](const std::atomic<bool>&) {
            if (++runs == 1) {
                begun.set_value();
                go.wait();
            } else if (runs == 2) {
                second.set_value(std::this_thread::get_id());
            }
        });
        worker.request();
        begun.get_future().wait();
        // Returns although the first still runs.
        for (int i = 0; i < 3; ++i) worker.request();
        release.set_value();
        BOOST_TEST((second.get_future().get() != std::this_thread::get_id()));
    }
    BOOST_TEST(runs == 2);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_program_ends_a_reload) {
    std::promise<void> begun;
    reload_worker worker([&](const std::atomic<bool>& stop) {
        begun.set_value();
        while (!stop) std::this_thread::yield();
    });
    worker.request();
    begun.get_future().wait();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace models_source_unit
