// SPDX-License-Identifier: BSL-1.0
// Realtime sessions with OpenAI's SDK and `ws` against upstreams that speak WebSocket themselves: OpenAI's events, Gemini's Live API, and sides
// that die, break the protocol or send too much.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { Gateway, gateway_config, gateway_program, master_key, upstream_keys } from './lib/gateway.mjs';

const skip = gateway_program !== null ? false : 'LLMX_GATEWAY is not set';
const row = (name, provider, upstream, api_base) => ({ model_name: name, litellm_params: { model: `${provider}/${upstream}`, api_key: upstream_keys[provider], api_base } });

/// The next message, as JSON; rejects when the connection ends first.
const next = ws => new Promise((done, fail) => {
    const limit = setTimeout(() => fail(new Error('nothing came for 10 seconds')), 10_000);
    const over = how => { clearTimeout(limit); ws.off('message', take); ws.off('close', gone); how(); };
    const take = data => over(() => done(JSON.parse(data)));
    const gone = code => over(() => fail(new Error(`closed with ${code}`)));
    ws.on('message', take);
    ws.on('close', gone);
});
describe('realtime sessions', { timeout: 120_000, skip }, () => {
    let server, gateway, serve = () => {}, seen = [];
    before(async () => {
        server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: offered => (offered.has('realtime') ? 'realtime' : false) });
        await once(server, 'listening');
        server.on('connection', (ws, request) => { seen.push(request); ws.on('error', () => {}); serve(ws, request); });
        const origin = `http://127.0.0.1:${server.address().port}`;
        gateway = await Gateway.start(gateway_config(origin, { extra_models: [row('voice', 'openai', 'gpt-realtime', `${origin}/v1`), row('live', 'gemini', 'gemini-live', origin)] }));
    });
    after(async () => {
        await gateway?.stop();
        for (const ws of server?.clients ?? []) ws.terminate();
        server?.close();
        if (gateway) assert.equal(gateway.exit, 0, gateway.log.slice(-4000));
    });
    const url = name => `ws://127.0.0.1:${gateway.port}/v1/realtime?model=${name}`;
    const open = async (to, protocols = [], headers = { authorization: `Bearer ${master_key}` }) => {
        const ws = new WebSocket(to, protocols, { headers, perMessageDeflate: true });
        await once(ws, 'open');
        return ws;
    };
    // The SDK insists on wss: its connection is made plain, everything above it is as it is.
    const plain = { createConnection: o => net.connect({ host: '127.0.0.1', port: Number(o.port) }) };

    /// Gemini's side: one spoken answer to each turn, one call of a function where a turn names it.
    const gemini = (ws, log) => ws.on('message', data => {
        const m = JSON.parse(data);
        log.push(m);
        const send = o => ws.send(Buffer.from(JSON.stringify(o)), { binary: true });
        const answer = text => {
            send({ serverContent: { modelTurn: { role: 'model', parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data: 'AAAA' } }] } } });
            send({ serverContent: { outputTranscription: { text } } });
            send({ serverContent: { generationComplete: true } });
            send({ serverContent: { turnComplete: true }, usageMetadata: { promptTokenCount: 11, responseTokenCount: 7, totalTokenCount: 18 } });
        };
        if (m.setup) send({ setupComplete: {} });
        else if (m.toolResponse) answer(`It is ${m.toolResponse.functionResponses[0].response.output}.`);
        else if (JSON.stringify(m).includes('weather')) send({ toolCall: { functionCalls: [{ id: 'fc-1', name: 'weather', args: { city: 'Köln' } }] } });
        else if (m.clientContent?.turnComplete) answer('Hello there.');
    });

    test('OpenAI\'s SDK at Gemini\'s Live API: a spoken answer, then a function', { timeout: 30_000 }, async () => {
        const log = [];
        serve = ws => gemini(ws, log);
        const client = new OpenAI({ baseURL: `http://127.0.0.1:${gateway.port}/v1`, apiKey: master_key });
        const rt = new OpenAIRealtimeWS({ model: 'live', options: plain }, client);
        const types = [], errors = [];
        const done = [];
        rt.on('event', e => types.push(e.type));
        rt.on('error', e => errors.push(e));
        const response = () => new Promise(resolve => rt.once('response.done', resolve));
        await once(rt.socket, 'open');
        rt.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Be brief.', tools: [{ type: 'function', name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }] } });
        const say = text => rt.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] } });
        say('hello');
        rt.send({ type: 'response.create' });
        done.push(await response());
        assert.equal(done[0].response.status, 'completed');
        assert.equal(done[0].response.output[0].content[0].transcript, 'Hello there.');
        assert.equal(done[0].response.usage.total_tokens, 18);
        say('the weather?');
        rt.send({ type: 'response.create' });
        done.push(await response());
        const call = done[1].response.output[0];
        assert.equal(call.type, 'function_call');
        assert.deepEqual(JSON.parse(call.arguments), { city: 'Köln' });
        rt.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: call.call_id, output: 'sunny' } });
        rt.send({ type: 'response.create' });
        done.push(await response());
        assert.equal(done[2].response.output[0].content[0].transcript, 'It is sunny.');
        assert.deepEqual(errors, []);
        for (const type of ['session.created', 'session.updated', 'response.output_audio.delta', 'response.function_call_arguments.done']) assert.ok(types.includes(type), `${type}: ${types}`);
        const closed = once(rt.socket, 'close');
        rt.close();
        assert.equal((await closed)[0], 1000);
        assert.equal(log[0].setup.model, 'models/gemini-live');
        assert.equal(log[0].setup.systemInstruction.parts[0].text, 'Be brief.');
        assert.equal(log[0].setup.tools[0].functionDeclarations[0].name, 'weather');
        const head = seen.at(-1);
        assert.equal(head.headers['x-goog-api-key'], upstream_keys.gemini);
        assert.ok(!JSON.stringify(head.headers).includes(master_key));
        assert.equal(head.url, '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent');
    });

    test('an ephemeral key of OpenAI\'s SDK in a browser\'s subprotocol', { timeout: 30_000 }, async () => {
        serve = ws => ws.on('message', data => ws.send(String(data)));
        const client = new OpenAI({ baseURL: `http://127.0.0.1:${gateway.port}/v1`, apiKey: master_key });
        const secret = await client.realtime.clientSecrets.create({ expires_after: { anchor: 'created_at', seconds: 30 }, session: { type: 'realtime', model: 'voice', instructions: 'Be brief.' } });
        assert.match(secret.value, /^ek_/);
        const ws = new WebSocket(`ws://127.0.0.1:${gateway.port}/v1/realtime`, ['realtime', `openai-insecure-api-key.${secret.value}`]);
        const first = next(ws);
        await once(ws, 'open');
        assert.equal(ws.protocol, 'realtime');
        assert.deepEqual(await first, { type: 'session.update', session: { type: 'realtime', instructions: 'Be brief.' } });
        assert.equal(seen.at(-1).url, '/v1/realtime?model=gpt-realtime');
        assert.equal(seen.at(-1).headers.authorization, `Bearer ${upstream_keys.openai}`);
        ws.close();
        await once(ws, 'close');
        await assert.rejects(new OpenAI({ baseURL: client.baseURL, apiKey: secret.value, maxRetries: 0 }).chat.completions.create({ model: 'voice', messages: [{ role: 'user', content: 'x' }] }),
            e => e.status === 403);
    });

    test('faults of the upstream: it dies, closes with a code, sends what is no UTF-8', { timeout: 60_000 }, async () => {
        for (const [fault, code, event] of [
            [ws => ws.terminate(), 1011, 'upstream_connection_lost'],
            [ws => ws.close(4000, 'maintenance'), 4000, null],
            [ws => ws._socket.write(Buffer.from([0x81, 0x01, 0xff])), 1011, 'upstream_protocol_error'],
            [ws => ws._socket.write(Buffer.from([0x82, 0x7f, 0, 0, 1, 0, 0, 0, 0, 0])), 1011, 'upstream_protocol_error'],
        ]) {
            serve = ws => ws.on('message', () => fault(ws));
            const ws = await open(url('voice'));
            const closed = once(ws, 'close');
            const said = event ? next(ws) : null;
            ws.send('{"type":"x"}');
            if (said) assert.equal((await said).error.code, event);
            const [got] = await closed;
            assert.equal(got, code);
        }
    });

    test('faults of the client: it vanishes, breaks frames, sends behind its close frame', { timeout: 60_000 }, async () => {
        for (const fault of [
            ws => ws.terminate(),
            ws => ws._socket.resetAndDestroy(),
            ws => ws._socket.write(Buffer.from([0xc1, 0x80, 0, 0, 0, 0])),
            ws => ws._socket.write(Buffer.from([0x88, 0x80, 0, 0, 0, 0, 0x81, 0x81, 0, 0, 0, 0, 0x78])),
        ]) {
            let gone;
            const upstream_over = new Promise(done => { gone = done; });
            serve = ws => { ws.on('message', data => ws.send(String(data))); ws.on('close', gone); };
            const ws = await open(url('voice'));
            ws.on('error', () => {});
            ws.send('{"type":"x"}');
            await next(ws);
            fault(ws);
            await upstream_over;
        }
        const ws = await open(url('voice'));
        serve = ws2 => ws2.on('message', data => ws2.send(String(data)));
        const alive = await open(url('voice'));
        alive.send('{"type":"y"}');
        assert.equal((await next(alive)).type, 'y');
        for (const one of [ws, alive]) { one.close(); await once(one, 'close'); }
    });

    test('large and many messages pass in both directions', { timeout: 60_000 }, async () => {
        serve = ws => ws.on('message', (data, binary) => ws.send(data, { binary }));
        const ws = await open(url('voice'));
        const audio = 'A'.repeat(4_000_000);
        ws.send(JSON.stringify({ type: 'input_audio_buffer.append', audio }));
        assert.equal((await next(ws)).audio.length, audio.length);
        let count = 0;
        const all = new Promise(done => ws.on('message', () => { if (++count === 5000) done(); }));
        for (let i = 0; i !== 5000; ++i) ws.send(`{"type":"n","i":${i}}`);
        await all;
        ws.close();
        await once(ws, 'close');
    });

    test('a WebSocket on a vendor\'s own path passes as it is', { timeout: 30_000 }, async () => {
        const log = [];
        serve = ws => gemini(ws, log);
        const ws = await open(`ws://127.0.0.1:${gateway.port}/gemini/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=${master_key}`, [], {});
        ws.send(JSON.stringify({ setup: { model: 'models/gemini-live' } }));
        assert.deepEqual(await next(ws), { setupComplete: {} });
        assert.equal(seen.at(-1).headers['x-goog-api-key'], upstream_keys.gemini);
        assert.ok(!seen.at(-1).url.includes(master_key));
        ws.close();
        await once(ws, 'close');
    });

    test('a shutdown ends a session in order', { timeout: 30_000 }, async () => {
        serve = ws => ws.on('message', data => ws.send(String(data)));
        const ws = await open(url('voice'));
        const last = next(ws);
        const closed = once(ws, 'close');
        gateway.signal('SIGTERM');
        assert.equal((await last).error.code, 'session_expired');
        assert.equal((await closed)[0], 1001);
        assert.equal(await gateway.ended(10_000), 0);
    });
});
