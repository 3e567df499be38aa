#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/deploy-check finds faults: each is made in a copy of deploy/, and its message is expected."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAULTS = [  # file, text, what takes its place, what is said
    ("compose/compose.yaml", "    shm_size: 128m", "    shm_sizes: 128m", "must NOT have additional properties (shm_sizes)"),
    ("compose/compose.yaml", "TRUSTED_PROXIES: private", "TRUSTED_PROXY: private", "no variable TRUSTED_PROXY"),
    ("compose/compose.yaml", "stop_grace_period: 30s", "stop_grace_period: 12s", "killed before it has stopped"),
    ("compose/compose.yaml", "redis:7.4-alpine", "redis", "redis: the image has no version"),
    ("compose/compose.yaml", "one: {condition", "three: {condition", "there is no service three"),
    ("compose/env.example", "JWT_SECRET=", "JWT_SECRTE=", "no variable JWT_SECRTE"),
    ("compose/nginx.conf", "keepalive 64;", "keepalives 64;", "unknown directive"),
    ("kubernetes/deployment.yaml", "revisionHistoryLimit", "revisionHistoryLimits", "revisionHistoryLimits"),
    ("kubernetes/deployment.yaml", "containerPort: 9090", "containerPort: 9091", "METRICS_PORT is another one"),
    ("kubernetes/deployment.yaml", "terminationGracePeriodSeconds: 40", "terminationGracePeriodSeconds: 20", "is killed"),
    ("kubernetes/autoscaler.yaml", "minReplicas: 2", "minReplicas: two", "minReplicas must be integer"),
    ("kubernetes/disruption-budget.yaml", "policy/v1", "policy/v2", "no PodDisruptionBudget in policy/v2"),
    ("kubernetes/service.yaml", "component: server", "component: web", "kubernetes/service.yaml: selects no pod"),
    ("kubernetes/settings.env", "LOOPS=2", "LOOP=2", "no variable LOOP"),
    ("kubernetes/kustomization.yaml", "  - ingress.yaml\n", "", "lists other files: ['ingress.yaml']"),
    ("github/release.yaml", "run: ./test", "run: ./tests-of-all", "there is no ./tests-of-all"),
    ("systemd/ashlar.service", "PrivateUsers=yes\n", "PrivateUser=yes\n", "PrivateUser"),
    ("systemd/ashlar.service", "CapabilityBoundingSet=\n", "", "more than 1.5"),
]


class DeployCheck(unittest.TestCase):
    def run_on(self, folder):
        return subprocess.run([ROOT / "tools/deploy-check", folder], capture_output=True, text=True)

    def test_finds_each_fault(self):
        with tempfile.TemporaryDirectory() as scratch:
            copy = pathlib.Path(scratch, "deploy")
            shutil.copytree(ROOT / "deploy", copy)
            for file, text, instead, _ in FAULTS:
                content = (copy / file).read_text()
                self.assertIn(text, content, file)
                (copy / file).write_text(content.replace(text, instead, 1))
            done = self.run_on(copy)
        self.assertEqual(done.returncode, 1, done.stderr)
        for file, _, _, said in FAULTS:
            self.assertIn(said, done.stdout, file)

    def test_finds_none_in_ours(self):
        done = self.run_on(ROOT / "deploy")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
