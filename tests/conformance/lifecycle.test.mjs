// SPDX-License-Identifier: BSL-1.0
// The program as an operator meets it: configuration in YAML, wrong values, reload, draining.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { start_aimock } from './lib/aimock.mjs';
import { facades } from './lib/facades.mjs';
import { Gateway, free_port, gateway_config, gateway_program, master_key, upstream_keys } from './lib/gateway.mjs';
import { Relay } from './lib/relay.mjs';
import { needs_gateway } from './lib/stack.mjs';

const yaml = origin => `# written as for LiteLLM
model_list:
  - model_name: gpt
    litellm_params:
      model: openai/gpt-4o
      api_key: os.environ/CONFORMANCE_KEY
      api_base: "${origin}/v1"
  - model_name: claude
    litellm_params: {model: anthropic/claude-sonnet-4-6, api_key: ${upstream_keys.anthropic}, api_base: '${origin}'}
litellm_settings:
  drop_params: true
  num_retries: 0
general_settings:
  master_key: ${master_key}
`;
const f = facades.openai;
// Waits until the program has printed it.
const until_logged = async (g, what) => {
    for (const end = Date.now() + 10_000; !what.test(g.log); await new Promise(done => setTimeout(done, 20)))
        assert.ok(Date.now() < end, `${what} is not in the log:\n${g.log}`);
};
const ask = (g, model, stream = false) => f.send(f.make(g.origin, master_key), model, f.start({ prompt: '[long]' }), { stream });

describe('lifecycle', { timeout: 200_000, skip: needs_gateway }, () => {
    let mock, relay;
    const running = [];
    const start = async (...args) => { const g = await Gateway.start(...args); running.push(g); return g; };
    before(async () => {
        if (needs_gateway) return;
        mock = await start_aimock();
        relay = await new Relay(mock.port).start();
    });
    after(async () => {
        for (const g of running) await g.stop();
        await relay?.stop();
        await mock?.stop();
    });

    test('YAML in LiteLLM\'s names, a key from the environment', { timeout: 60_000 }, async () => {
        const g = await start(yaml(relay.origin), { env: { CONFORMANCE_KEY: 'sk-from-environment' } });
        relay.clear();
        for (const model of ['gpt', 'claude']) assert.equal((await ask(g, model)).finish, 'stop');
        assert.equal(relay.exchanges[0].headers.authorization, 'Bearer sk-from-environment');
        assert.ok(!g.log.includes('sk-from-environment'), 'the key is in the log');
        await g.stop();
    });
    for (const [what, change, named] of [
        ['a number where text is expected', c => { c.model_list[0].litellm_params.model = 5; }, /model/],
        ['text where a number is expected', c => { c.litellm_settings.num_retries = 'many'; }, /num_retries/],
        ['a model without params', c => { delete c.model_list[0].litellm_params; }, /litellm_params|params/],
    ])
        test(`a wrong value stops the start: ${what}`, { timeout: 60_000 }, async () => {
            const config = gateway_config(relay.origin);
            change(config);
            await assert.rejects(start(config), e => {
                assert.match(e.message, /ended at its start/);
                assert.match(e.message, named);
                assert.match(e.message, /config\.json/);
                return true;
            });
        });
    test('an unknown provider is named and its model answers so, the others are served; with --strict it stops the start', { timeout: 60_000 }, async () => {
        const config = gateway_config(relay.origin);
        config.model_list.push({ model_name: 'lost', litellm_params: { model: 'nobody/gpt' } });
        const g = await start(config);
        assert.match(g.log, /model "lost" is not served/);
        assert.equal((await ask(g, 'gpt')).finish, 'stop');
        const refused = await fetch(`${g.origin}/v1/chat/completions`, {
            method: 'POST', headers: { authorization: `Bearer ${master_key}` },
            body: JSON.stringify({ model: 'lost', messages: [{ role: 'user', content: 'hi' }] }),
        });
        assert.equal(refused.status, 503);
        assert.match((await refused.json()).error.message, /provider "nobody" is not in this program/);
        await g.stop();
        await assert.rejects(start(config, { args: ['--strict'] }), /nobody/);
    });
    test('an unknown key is named in a warning, and the program starts', { timeout: 60_000 }, async () => {
        const config = gateway_config(relay.origin);
        config.router_settings.no_such_key = 1;
        const g = await start(config);
        assert.match(g.log, /no_such_key/);
        await g.stop();
    });

    test('SIGHUP reloads without dropping a call', { timeout: 60_000 }, async () => {
        const g = await start(gateway_config(relay.origin));
        relay.clear();
        relay.script({ split: 200, pace: 100 });
        const arrived = new Promise(done => { relay.on_request = done; });
        const call = ask(g, 'gpt', true);
        await arrived;
        relay.on_request = null;
        const config = gateway_config(relay.origin);
        config.model_list.push({ model_name: 'newcomer', litellm_params: { model: 'openai/gpt-4o', api_key: 'k', api_base: `${relay.origin}/v1` } });
        config.model_list = config.model_list.filter(m => m.model_name !== 'az');
        await g.configure(config);
        g.signal('SIGHUP');
        for (const end = Date.now() + 10_000; ;) {
            try { await ask(g, 'newcomer'); break; } catch (e) {
                if (Date.now() > end) throw e;
                await new Promise(done => setTimeout(done, 50));
            }
        }
        await assert.rejects(ask(g, 'az'), f.error_class[404]);
        assert.equal((await call).finish, 'stop');
        // A broken file leaves the running configuration in force.
        await g.configure('{ this is not a configuration');
        g.signal('SIGHUP');
        await until_logged(g, /not reloaded/);
        assert.equal((await ask(g, 'newcomer')).finish, 'stop');
        // So does one without models, and what needs a restart is named.
        await g.configure({ ...config, model_list: [] });
        g.signal('SIGHUP');
        await until_logged(g, /not reloaded.*the model_list is missing/);
        assert.equal((await ask(g, 'newcomer')).finish, 'stop');
        await g.configure({ ...config, general_settings: { ...config.general_settings, master_key: 'sk-rotated', log_level: 'error' } });
        g.signal('SIGHUP');
        await until_logged(g, /unchanged until a restart: log_level/);
        assert.ok(!g.log.includes('sk-rotated'), 'the key is in the log');
        // Keys are in force at once: the old one is refused.
        await assert.rejects(ask(g, 'newcomer'), f.error_class[401]);
        await g.stop();
    });
    test('facts about models come from a URL, anew at each reload, and a server that is down is a warning', { timeout: 60_000 }, async () => {
        const names = ['gpt-first'];
        const facts = createServer((request, reply) => {
            if (request.url.startsWith('/moved')) return reply.writeHead(302, { location: '/prices.json?token=sk-signature' }).end();
            reply.end(JSON.stringify(Object.fromEntries(names.map(name => [name, { litellm_provider: 'openai', mode: 'chat' }]))));
        });
        await new Promise(done => facts.listen(0, '127.0.0.1', done));
        const config = gateway_config(relay.origin);
        config.model_list.push({ model_name: 'any/*', litellm_params: { model: 'openai/*', api_key: 'k', api_base: `${relay.origin}/v1` } });
        config.general_settings.models_file = `http://127.0.0.1:${facts.address().port}/moved`;
        const g = await start(config);
        const listed = async () => {
            const reply = await fetch(`${g.origin}/v1/models`, { headers: { authorization: `Bearer ${master_key}` } });
            return (await reply.json()).data.map(m => m.id);
        };
        const reload = async () => {
            const seen = g.log.length;
            g.signal('SIGHUP');
            for (const end = Date.now() + 10_000; !/reloaded; deployments/.test(g.log.slice(seen)); await new Promise(done => setTimeout(done, 20)))
                assert.ok(Date.now() < end, g.log);
        };
        assert.ok((await listed()).includes('any/gpt-first'));
        names.push('gpt-second');
        await reload();
        assert.ok((await listed()).includes('any/gpt-second'));
        facts.closeAllConnections();
        await new Promise(done => facts.close(done));
        await reload();
        assert.match(g.log, /models_file: .* cannot be fetched: .*; the facts fetched before stay in force/);
        assert.ok((await listed()).includes('any/gpt-second'));
        assert.ok(!g.log.includes('sk-signature'));
        await g.stop();
        const without = await start(config);
        assert.match(without.log, /cannot be fetched: .*; the embedded facts of models are used/);
        assert.equal((await ask(without, 'gpt')).finish, 'stop');
        await without.stop();
    });
    test('SIGTERM drains: the stream under way ends whole, then the program ends with 0', { timeout: 60_000 }, async () => {
        const g = await start(gateway_config(relay.origin));
        relay.clear();
        relay.script({ split: 200, pace: 100 });
        const arrived = new Promise(done => { relay.on_request = done; });
        const call = ask(g, 'claude', true);
        await arrived;
        relay.on_request = null;
        g.signal('SIGTERM');
        assert.equal((await call).finish, 'stop');
        assert.equal(await g.ended(15_000), 0);
        await assert.rejects(fetch(g.origin));
        await g.stop();
    });

    test('a SIGTERM that comes as soon as the port answers ends the program in order', { timeout: 60_000 }, async () => {
        const answers = port => new Promise(done => {
            const socket = connect(port, '127.0.0.1', () => { socket.destroy(); done(true); });
            socket.on('error', () => done(false));
        });
        for (let i = 0; i < 10; ++i) {
            const port = await free_port();
            const child = spawn(gateway_program, ['--host', '127.0.0.1', '--port', String(port)],
                { stdio: 'ignore', env: { PATH: process.env.PATH, LLMX_MASTER_KEY: master_key } });
            const ended = once(child, 'exit');
            while (!await answers(port)) assert.equal(child.exitCode, null, 'the program ended at its start');
            child.kill('SIGTERM');
            assert.deepEqual(await ended, [0, null]);
        }
    });
});
