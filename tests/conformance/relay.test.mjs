// SPDX-License-Identifier: BSL-1.0
// The recording relay: records what passes, byte for byte, and spoils what it is configured to. Needs no gateway.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import http from 'node:http';
import { start_aimock } from './lib/aimock.mjs';
import { Relay } from './lib/relay.mjs';

describe('relay', { timeout: 60_000 }, () => {
    let mock, relay;
    before(async () => { mock = await start_aimock(); relay = await new Relay(mock.port).start(); });
    after(async () => { await relay.stop(); await mock.stop(); });
    beforeEach(() => relay.clear());

    /// A call without any client library: {status, headers, body, error}.
    const call = (body, { path = '/v1/chat/completions', headers = {} } = {}) => new Promise(done => {
        const q = http.request({ host: '127.0.0.1', port: relay.port, agent: false, method: 'POST', path, headers: { 'content-type': 'application/json', ...headers } });
        const out = { status: 0, body: Buffer.alloc(0), error: null };
        const over = error => { out.error ??= error; done(out); };
        q.on('error', over);
        q.on('response', r => {
            out.status = r.statusCode;
            out.headers = r.headers;
            r.on('data', d => { out.body = Buffer.concat([out.body, d]); });
            r.on('error', over);
            r.on('end', () => over(null));
        });
        q.end(body);
        out.request = q;
    });
    const chat = stream => JSON.stringify({ model: 'gpt-4o', stream, messages: [{ role: 'user', content: '[long]' }] });

    test('keeps both directions byte for byte', async () => {
        const body = `${chat(true)}   \n`;
        const r = await call(body, { headers: { 'X-Odd-Case': 'Kept' } });
        assert.equal(r.status, 200);
        const x = relay.last;
        assert.equal(x.body.toString(), body);
        assert.deepEqual(x.reply.body, r.body);
        assert.ok(x.reply.complete);
        assert.ok(x.raw_headers.includes('X-Odd-Case'));
        assert.match(r.body.toString(), /\[DONE\]\n\n$/);
    });
    for (const [name, plan] of [['cut', { cut: 500 }], ['reset', { reset: 500 }], ['cut at once', { cut: 0 }]])
        test(name, async () => {
            relay.script(plan);
            const r = await call(chat(true));
            assert.ok(r.error, 'the reply looked whole');
            assert.equal(r.body.length, plan.cut ?? plan.reset);
            assert.equal((await call(chat(true))).error, null, 'one plan spoils one reply');
        });
    test('end', async () => {
        relay.script({ end: 500 });
        const r = await call(chat(true));
        assert.equal(r.error, null);
        assert.equal(r.body.length, 500);
    });
    test('split', async () => {
        const whole = await call(chat(false));
        relay.script({ split: 3 });
        const r = await call(chat(false));
        assert.equal(r.body.length, whole.body.length);
    });
    test('drop and garbage', async () => {
        relay.script({ drop: true }, { garbage: 'nonsense\r\n\r\n' });
        assert.ok((await call(chat(false))).error);
        assert.ok((await call(chat(false))).error);
    });
    test('reply', async () => {
        relay.script({ reply: { status: 429, headers: { 'content-type': 'application/json', 'retry-after': '3' }, body: '{"x":1}' } });
        const r = await call(chat(false));
        assert.deepEqual([r.status, r.headers['retry-after'], r.body.toString()], [429, '3', '{"x":1}']);
    });
    test('stall: nothing more comes, and the leaving caller is seen', async () => {
        relay.script({ stall: 300 });
        const control = new AbortController();
        const response = await fetch(`${relay.origin}/v1/chat/completions`, { method: 'POST', body: chat(true), headers: { 'content-type': 'application/json' }, signal: control.signal });
        const reader = response.body.getReader();
        let got = 0;
        while (got < 300) got += (await reader.read()).value.length;
        assert.equal(got, 300);
        assert.equal(relay.last.closed_at, null);
        control.abort();
        await relay.last.closed(5000);
    });
    test('refuse and come back on the same port', async () => {
        const { port } = relay;
        await relay.refuse();
        assert.equal((await call(chat(false))).error?.code, 'ECONNREFUSED');
        await relay.start();
        assert.equal(relay.port, port);
        assert.equal((await call(chat(false))).status, 200);
    });
    test('aimock is strict: a thinking turn without its signature is refused', async () => {
        const turn = block => JSON.stringify({
            model: 'claude-sonnet-4-6', max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1024 }, messages: [
                { role: 'user', content: '[think-tool]' }, { role: 'assistant', content: [...block, { type: 'tool_use', id: 't', name: 'f', input: {} }] },
                { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: '391' }] },
            ],
        });
        assert.equal((await call(turn([{ type: 'thinking', thinking: 'x', signature: 's' }]), { path: '/v1/messages' })).status, 200);
        assert.equal((await call(turn([]), { path: '/v1/messages' })).status, 400);
        assert.equal((await call(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'unknown' }] }))).status, 503);
    });
});
