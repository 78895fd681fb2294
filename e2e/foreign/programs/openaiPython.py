import base64
import json
import math
import struct

from kit import SERVER_URL, SUM, SUM_ANSWER, attempt, finish
from openai import OpenAI
from pydantic import BaseModel

client = OpenAI(
    api_key="any",
    base_url=SERVER_URL,
    websocket_base_url=SERVER_URL.replace("http", "ws", 1),
    max_retries=0,
    timeout=30,
    _strict_response_validation=True,
)
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


class Person(BaseModel):
    name: str
    age: int


def text():
    response = client.responses.create(model="any", input=SUM)
    assert SUM_ANSWER in response.output_text, response.output_text
    assert response.usage.total_tokens > 0


def stream():
    deltas = []
    with client.responses.stream(model="any", input=SUM) as events:
        for event in events:
            if event.type == "response.output_text.delta":
                deltas.append(event.delta)
        final = events.get_final_response()
    assert len(deltas) > 3
    assert "".join(deltas) == final.output_text


def tool_call():
    question = {"role": "user", "content": "How is the weather?"}
    called = client.responses.create(model="any", input=[question], tools=[WEATHER])
    call = next(item for item in called.output if item.type == "function_call")
    assert "city" in json.loads(call.arguments)
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    answer = client.responses.create(
        model="any", input=[question, *called.output, output], tools=[WEATHER]
    )
    assert "`get_weather` says: sunny" in answer.output_text, answer.output_text


def structured_output():
    response = client.responses.parse(model="any", input="Who is it?", text_format=Person)
    assert isinstance(response.output_parsed, Person)


def kept_responses():
    first = client.responses.create(model="any", input=SUM)
    following = client.responses.create(
        model="any", input="and 4 + 5?", previous_response_id=first.id
    )
    assert "`4 + 5` is **9**" in following.output_text, following.output_text
    assert client.responses.retrieve(first.id).output_text == first.output_text
    assert len(client.responses.input_items.list(first.id).data) == 1
    client.responses.delete(first.id)


def models():
    names = [model.id for model in client.models.list()]
    assert names
    assert client.models.retrieve(names[0]).id == names[0]


def web_socket():
    with client.responses.connect() as connection:
        connection.response.create(model="any", input=SUM)
        for event in connection:
            if event.type == "response.completed":
                assert SUM_ANSWER in event.response.output_text
                return
            assert event.type not in ("error", "response.failed"), event
    raise AssertionError("the connection ended without an answer")


def realtime_text():
    with client.realtime.connect(model="any") as connection:
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        content = [{"type": "input_text", "text": "What is 2 + 3?"}]
        connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": content}
        )
        connection.response.create()
        for event in connection:
            assert event.type != "error", event
            if event.type == "response.output_text.done":
                assert "5" in event.text, event.text
            if event.type == "response.done":
                assert event.response.status == "completed", event.response
                return
    raise AssertionError("the connection ended without an answer")


def realtime_sound():
    rate = 24_000
    tone = [round(12_000 * math.sin(2 * math.pi * 500 * at / rate)) for at in range(rate)]
    speech = [0] * (rate // 2) + tone + [0] * (rate * 6 // 5)
    heard_bytes = 0
    has_begun = False
    with client.realtime.connect(model="any") as connection:
        sound = base64.b64encode(struct.pack(f"<{len(speech)}h", *speech)).decode()
        connection.input_audio_buffer.append(audio=sound)
        for event in connection:
            assert event.type != "error", event
            if event.type == "input_audio_buffer.speech_started":
                has_begun = True
            if event.type == "response.output_audio.delta":
                heard_bytes += len(base64.b64decode(event.delta))
            if event.type == "response.done":
                break
    assert has_begun
    assert heard_bytes > 48_000, heard_bytes


attempt("text", text)
attempt("stream", stream)
attempt("tool call", tool_call)
attempt("structured output", structured_output)
attempt("kept responses", kept_responses)
attempt("models", models)
attempt("WebSocket", web_socket)
attempt("realtime: text", realtime_text)
attempt("realtime: sound", realtime_sound)
finish()
