// SPDX-License-Identifier: BSL-1.0
// streamGenerateContent without alt=sse: the stream is one JSON array, whatever the upstream speaks.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { upstreams } from './lib/facades.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

const piece = (text, more = {}) => ({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, ...more }], modelVersion: 'gemini-2.5-flash', responseId: 'r-1' });
const pieces = [piece('Grüße '), { ...piece('aus Köln', { finishReason: 'STOP' }), usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 } }];
// aimock answers with events even without alt=sse; the service itself with an array.
const as_the_service = x => ({
    reply: /[?&]alt=sse\b/.test(x.url)
        ? { headers: { 'content-type': 'text/event-stream' }, parts: pieces.map(p => `data: ${JSON.stringify(p)}\r\n\r\n`) }
        : { parts: [`[${JSON.stringify(pieces[0])}`, `,\r\n${JSON.stringify(pieces[1])}`, ']\n'] },
});

describe('Gemini array stream', { timeout: 60_000, skip: needs_gateway }, () => {
    let s;
    before(async () => { if (!needs_gateway) s = await Stack.start(); });
    after(() => s?.stop());
    beforeEach(() => s?.reset());
    const call = upstream => fetch(`${s.url}/v1beta/models/${s.model(upstream)}:streamGenerateContent`, {
        method: 'POST', headers: { 'x-goog-api-key': s.key, 'content-type': 'application/json' },
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: '[plain]' }] }] }),
    });
    for (const upstream of upstreams) {
        test(`${upstream} upstream: whole`, { timeout: 30_000 }, async () => {
            if (upstream === 'gemini') s.back.script(as_the_service);
            const r = await call(upstream);
            const text = await r.text();
            assert.equal(r.status, 200, text);
            const said = JSON.parse(text).flatMap(c => c.candidates?.[0]?.content?.parts ?? []).map(p => p.text).join('');
            assert.equal(said, upstream === 'gemini' ? 'Grüße aus Köln' : 'Grüße aus Köln ✓ — "quoted" \\ back.\nSecond line.');
            await s.verify();
        });
        test(`${upstream} upstream: cut`, { timeout: 30_000 }, async () => {
            s.back.script({ cut: 600 });
            let whole = null;
            try {
                const r = await call(upstream);
                const text = await r.text();
                if (r.status === 200) whole = JSON.parse(text);
            } catch { /* the array was left open or the connection broke: the caller knows */ }
            if (whole) assert.ok(whole.some(c => c.error), 'the array was closed as if it were whole');
        });
    }
});
