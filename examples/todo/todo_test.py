#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: todo_test.py PROGRAM   Starts the program in an empty folder and uses it over HTTP, refusals first."""
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv[1])
ADA = {"email": "ada@example.com", "password": "correct horse"}


class Todo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.program = subprocess.Popen([PROGRAM], cwd=cls.folder, text=True, stdout=subprocess.PIPE,
                                       env=os.environ | {"PORT": "0", "TOKEN_SECRET": "s" * 32})
        cls.port = next(json.loads(line)["port"] for line in cls.program.stdout if '"listening"' in line)
        cls.token = None
        cls.token = cls.call("POST", "/accounts", ADA)[1]["data"]["accessToken"]

    @classmethod
    def tearDownClass(cls):
        cls.program.send_signal(signal.SIGTERM)
        output, _ = cls.program.communicate(timeout=30)
        assert cls.program.returncode == 0, output

    @classmethod
    def call(cls, method, path, body=None, content_type="application/json", token=""):
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=30)
        fields = {"Content-Type": content_type} if body is not None else {}
        if cls.token and token is not None:
            fields["Authorization"] = "Bearer " + (token or cls.token)
        connection.request(method, path, json.dumps(body) if isinstance(body, dict) else body, fields)
        with contextlib.closing(connection):
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read() or "null")

    @classmethod
    def finish(cls, item, token=""):
        form = (b'--b\r\nContent-Disposition: form-data; name="proof"; filename="a.pdf"\r\n'
                b"Content-Type: application/pdf\r\n\r\n%PDF-1.4\n\r\n--b--\r\n")
        return cls.call("POST", f"/items/{item['id']}/finish", form, "multipart/form-data; boundary=b", token)

    def add(self, **item):
        status, reply = self.call("POST", "/items", item)
        self.assertEqual(status, 201, reply)
        return reply["data"]

    def test_refusals(self):
        self.assertEqual(self.call("GET", "/items", token=None)[0], 401)
        self.assertEqual(self.call("POST", "/items", {"title": ""})[1]["errors"][0]["path"], "/title")
        self.assertEqual(self.call("POST", "/accounts", ADA)[1]["code"], "account.email_taken")
        for email in ("ada@example.com", "eve@example.com"):
            reply = self.call("POST", "/sign-in", {"email": email, "password": "wrong horse"})
            self.assertEqual(reply[1]["code"], "account.wrong_password")

    def test_others_items_are_not_found(self):
        item = self.add(title="Mine")
        eve = self.call("POST", "/accounts", ADA | {"email": "eve@example.net"})[1]["data"]["accessToken"]
        self.assertEqual(self.call("GET", "/items", token=eve)[1]["data"], [])
        self.assertEqual(self.finish(item, token=eve)[1]["code"], "item.not_found")

    def test_lists_by_page_and_state(self):
        token = self.call("POST", "/accounts", ADA | {"email": "bob@example.com"})[1]["data"]["accessToken"]
        for number in range(3):
            self.call("POST", "/items", {"title": f"Item {number}"}, token=token)
        reply = self.call("GET", "/items?limit=2&done=false", token=token)[1]
        self.assertEqual([len(reply["data"]), reply["pagination"]["total"]], [2, 3])
        self.assertEqual(self.call("GET", "/items?done=true", token=token)[1]["data"], [])

    def test_finishes_with_an_upload(self):
        item = self.add(title="Send the form")
        status, reply = self.finish(item)
        self.assertEqual(status, 200, reply)
        self.assertTrue(reply["data"]["done"])
        file = pathlib.Path(self.folder, "uploads", reply["data"]["attachment"])
        self.assertEqual(file.read_bytes(), b"%PDF-1.4\n")

    def test_the_timer_marks_and_the_stream_says_so(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/items/overdue", headers={"Authorization": "Bearer " + self.token})
        events = (line for line in connection.getresponse() if line.startswith(b"data:"))
        self.assertEqual(json.loads(next(events)[5:]), {"count": 0})
        now = datetime.datetime.now(datetime.timezone.utc)
        self.add(title="Late", dueAt=now.isoformat(timespec="milliseconds"))
        self.assertEqual(json.loads(next(events)[5:]), {"count": 1})
        connection.close()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
