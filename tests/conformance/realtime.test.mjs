// SPDX-License-Identifier: BSL-1.0
// Realtime sessions: @openai/agents' RealtimeSession and the realtime client of OpenAI's SDK, both over `ws`,
// against aimock's `/v1/realtime`. The recording relays speak plain HTTP only, so the gateway stands directly
// before aimock; what it sent is read from aimock's journal.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';
import OpenAI, { AzureOpenAI } from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { WebSocket } from 'ws';
import { start_aimock } from './lib/aimock.mjs';
import { Gateway, gateway_config, gateway_program, master_key, upstream_keys } from './lib/gateway.mjs';

const through_gateway = gateway_program !== null;
const skip = through_gateway ? false : 'LLMX_GATEWAY is not set';
const answer = 'Grüße aus Köln ✓ — "quoted" \\ back.\nSecond line.';
const row = (name, provider, upstream, api_base, more = {}) => ({ model_name: name, litellm_params: { model: `${provider}/${upstream}`, api_key: upstream_keys[provider], api_base, ...more } });

/// Resolves with the first event for which \p found is true; rejects with the first error.
const waiting = (subscribe, found) => new Promise((done, fail) => {
    const limit = setTimeout(() => fail(new Error('nothing came for 15 seconds')), 15_000);
    subscribe(e => { if (found(e)) { clearTimeout(limit); done(e); } }, e => { clearTimeout(limit); fail(e); });
});

describe('realtime', { timeout: 120_000 }, () => {
    let aimock, gateway, port;
    before(async () => {
        // Demands the key, which its journal hides.
        aimock = await start_aimock({ auth: { apiKeys: [through_gateway ? upstream_keys.openai : master_key] } });
        port = aimock.port;
        if (!through_gateway) return;
        const origin = `http://127.0.0.1:${aimock.port}`;
        const rows = [row('voice', 'openai', 'gpt-realtime', `${origin}/v1`), row('no-voice', 'anthropic', 'claude-sonnet-4-6', origin),
            row('down', 'openai', 'gpt-realtime', `${origin}/nowhere`), row('locked', 'openai', 'gpt-realtime', `${origin}/v1`, { api_key: 'sk-up-wrong-key' })];
        gateway = await Gateway.start(gateway_config(origin, { extra_models: rows }));
        port = gateway.port;
    });
    after(async () => {
        await gateway?.stop();
        await aimock?.stop();
        if (gateway) assert.equal(gateway.exit, 0, gateway.log.slice(-4000));
    });
    const model = through_gateway ? 'voice' : 'gpt-realtime';
    const url = (name = model) => `ws://127.0.0.1:${port}/v1/realtime?model=${name}`;
    /// The line of the log for the session that came last, once it is written.
    const log_line = async id => {
        for (const end = Date.now() + 10_000; Date.now() < end; await new Promise(r => setTimeout(r, 20))) {
            const line = gateway.log.split('\n').filter(l => l.startsWith('{')).map(l => JSON.parse(l)).find(l => l.request_id === id);
            if (line) return line;
        }
        return assert.fail(`no line of the session in the log:\n${gateway.log.slice(-2000)}`);
    };
    /// What has reached aimock.
    const check_upstream = before_it => {
        const seen = aimock.requests().slice(before_it).filter(r => r.method === 'WS');
        assert.equal(seen.length, 1);
        assert.equal(seen[0].body.model, 'gpt-realtime');
        if (through_gateway) assert.ok(!JSON.stringify(seen[0].headers).includes(master_key), 'the key of the gateway went to the provider');
    };

    test('a text turn with @openai/agents', { timeout: 30_000 }, async () => {
        let upgraded;
        const transport = new OpenAIRealtimeWebSocket({
            url: url(),
            createWebSocket: async ({ url: to, apiKey }) => {
                const ws = new WebSocket(to, { headers: { authorization: `Bearer ${apiKey}`, 'x-request-id': 'agents-turn' } });
                ws.on('upgrade', r => { upgraded = r.headers; });
                return ws;
            },
        });
        const agent = new RealtimeAgent({ name: 'tester', instructions: 'Be brief.' });
        const session = new RealtimeSession(agent, { transport, model: 'gpt-realtime', tracingDisabled: true, config: { outputModalities: ['text'] } });
        const before_it = aimock.requests().length;
        const types = [];
        const done = waiting((on_event, on_error) => {
            session.on('error', e => on_error(new Error(JSON.stringify(e.error ?? e))));
            session.on('transport_event', e => { types.push(e.type); on_event(e); });
        }, e => e.type === 'response.done');
        const ended = waiting(on_event => session.on('agent_end', (_context, _agent, output) => on_event({ output })), () => true);
        await session.connect({ apiKey: master_key });
        session.sendMessage('[plain]');
        const last = await done;
        assert.equal(last.response.status, 'completed', JSON.stringify(last));
        assert.equal(last.response.output[0].content[0].text, answer);
        assert.equal((await ended).output, answer);
        for (const type of ['session.created', 'session.updated', 'response.created', 'response.output_text.delta']) assert.ok(types.includes(type), `${type}: ${types}`);
        const turns = session.history.filter(i => i.type === 'message').map(i => [i.role, i.content[0].text]);
        assert.deepEqual(turns, [['user', '[plain]'], ['assistant', answer]]);
        check_upstream(before_it);
        const closed = once(transport.connectionState.websocket, 'close');
        session.close();
        await closed;
        if (!through_gateway) return;
        assert.equal(upgraded['x-request-id'], 'agents-turn');
        assert.equal(upgraded['x-llmx-model'], 'gpt-realtime');
        const line = await log_line('agents-turn');
        assert.equal(line.status, 101);
        assert.equal(line.path, '/v1/realtime');
        assert.equal(line.model, 'voice');
        assert.equal(line.provider, 'openai');
        assert.ok(line.bytes_in > 0 && line.bytes_out > answer.length, JSON.stringify(line));
        assert.equal(line.error, undefined);
        assert.equal(gateway.log.split('\n').filter(l => l.includes('"agents-turn"')).length, 1);
    });

    test('@openai/agents as it opens the connection itself', { timeout: 30_000 }, async () => {
        const session = new RealtimeSession(new RealtimeAgent({ name: 'tester' }), { transport: new OpenAIRealtimeWebSocket({ url: url() }), model: 'gpt-realtime', tracingDisabled: true });
        const done = waiting((on_event, on_error) => { session.on('error', e => on_error(new Error(JSON.stringify(e.error ?? e)))); session.on('transport_event', on_event); }, e => e.type === 'response.done');
        await session.connect({ apiKey: master_key });
        session.sendMessage('[plain]');
        assert.equal((await done).response.output[0].content[0].text, answer);
        session.close();
    });

    // The SDK insists on wss: its connection is made plain, everything above it is as it is.
    const plain = { createConnection: o => net.connect({ host: '127.0.0.1', port: Number(o.port) }) };
    const text_turn = async rt => {
        const text = [];
        const done = waiting((on_event, on_error) => { rt.on('error', on_error); rt.on('event', on_event); }, e => { if (e.type === 'response.output_text.delta') text.push(e.delta); return e.type === 'response.done'; });
        rt.socket.on('open', () => {
            rt.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
            rt.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: '[plain]' }] } });
            rt.send({ type: 'response.create' });
        });
        const last = await done;
        assert.equal(text.join(''), answer);
        assert.equal(last.response.status, 'completed');
        const closed = once(rt.socket, 'close');
        rt.close();
        assert.deepEqual((await closed)[0], 1000);
    };
    for (const perMessageDeflate of [false, true])
        test(`a text turn with OpenAI's SDK${perMessageDeflate ? ', which offers compression' : ''}`, { timeout: 30_000 }, async () => {
            const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: master_key });
            const before_it = aimock.requests().length;
            await text_turn(new OpenAIRealtimeWS({ model, options: { ...plain, perMessageDeflate } }, client));
            check_upstream(before_it);
        });
    test('a text turn with the Azure client of OpenAI\'s SDK', { timeout: 30_000, skip }, async () => {
        const client = new AzureOpenAI({ endpoint: `http://127.0.0.1:${port}`, apiKey: master_key, apiVersion: '2024-10-21' });
        await text_turn(await OpenAIRealtimeWS.azure(client, { deploymentName: model, options: plain }));
    });
    test('a text turn of a browser, whose key is a subprotocol', { timeout: 30_000, skip }, async () => {
        const before_it = aimock.requests().length;
        const ws = new WebSocket(url(), ['realtime', `openai-insecure-api-key.${master_key}`]);
        ws.on('open', () => {
            ws.send(JSON.stringify({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: '[plain]' }] } }));
            ws.send(JSON.stringify({ type: 'response.create' }));
        });
        const last = await waiting((on_event, on_error) => { ws.on('message', m => on_event(JSON.parse(m))); ws.on('error', on_error); }, e => e.type === 'response.done');
        assert.equal(last.response.output[0].content[0].text, answer);
        check_upstream(before_it);
        ws.close();
        await once(ws, 'close');
    });

    /// Status and body of what was answered instead of 101.
    const refusal = (to, key) => new Promise((done, fail) => {
        const ws = new WebSocket(to, { headers: key ? { authorization: `Bearer ${key}` } : {} });
        ws.on('open', () => fail(new Error('it was opened')));
        ws.on('error', fail);
        ws.on('unexpected-response', (_q, r) => {
            let body = '';
            r.on('data', d => { body += d; });
            r.on('end', () => done({ status: r.statusCode, body: JSON.parse(body) }));
        });
    });
    for (const [what, name, key, status] of [['no key', 'voice', null, 401], ['a wrong key', 'voice', 'sk-wrong', 401], ['an unknown model', 'nobody', master_key, 404],
        ['a provider without sessions', 'no-voice', master_key, 501], ['a path that the provider does not have', 'down', master_key, 404], ['a key that the provider refuses', 'locked', master_key, 401]])
        test(`refused: ${what}`, { timeout: 30_000, skip }, async () => {
            const r = await refusal(url(name), key);
            assert.equal(r.status, status);
            assert.equal(typeof r.body.error.message, 'string');
        });
});
