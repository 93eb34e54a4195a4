# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What checkov and kube-score find in all rendered objects, and that docs/hardening.md tells it.

Each place is judged alone: together, one stack's policies would count for another one's pods.
"""

from __future__ import annotations

import re
from functools import reduce
from operator import add

import pytest

from cluster import versions
from tests.integration.objects import judges
from tests.integration.objects.judges import Score

PUBLIC = {"checkov": 10.3, "kube-score": 31.4}
"""Failed checks of Online Boutique, in per cent: the best public example of its kind."""
_SHARE = r"^\| {judge} \| (\d+) % \|"
_REASON = re.compile(r"^\| `([\w-]+)` \| (\d+) \| \S", re.MULTILINE)

pytestmark = pytest.mark.slow


def checkov(file):
    return judges.checkov(file)


def kube_score(file):
    return judges.kube_score(file, versions.KUBERNETES.rpartition(".")[0])


JUDGES = {"checkov": checkov, "kube-score": kube_score}


@pytest.fixture(scope="module")
def page(checkout):
    """The text of docs/hardening.md, by the judge whose section it is."""
    text = (checkout / "docs" / "hardening.md").read_text("utf-8")
    head, *sections = re.split(r"^## (?:What )?(checkov|kube-score).*$", text, flags=re.MULTILINE)
    return {"": head, **dict(zip(sections[::2], sections[1::2], strict=True))}


@pytest.fixture(scope="module", params=JUDGES)
def judged(request, everything, written):
    """A judge, and what it says of all places together."""
    files = [written(name, things) for name, things in everything.items()]
    return request.param, reduce(add, map(JUDGES[request.param], files), Score.none())


def test_fewer_checks_fail_than_in_the_best_public_example(judged):
    judge, score = judged
    assert score.passed > 1000
    assert score.share < PUBLIC[judge], score


def test_the_page_gives_a_reason_for_each_failure(judged, page):
    judge, score = judged
    told = {name: int(count) for name, count in _REASON.findall(page[judge])}
    assert told == dict(score.failed)
    (share,) = re.findall(_SHARE.format(judge=judge), page[""], re.MULTILINE)
    assert int(share) == round(score.share)
    assert f"{PUBLIC[judge]} %" in page[""]


def test_a_careless_pod_fails_more(everything, written):
    """The negative control: the judges see what our defaults prevent."""
    sound = next(one for one in everything["shop-production"] if one["kind"] == "Deployment")
    template = sound["spec"]["template"]
    bare = [
        {key: each[key] for key in ("name", "image")} for each in template["spec"]["containers"]
    ]
    careless = {**template, "spec": {"containers": bare}}
    wrong = {**sound, "spec": {**sound["spec"], "template": careless}}
    for judge in JUDGES.values():
        better, worse = judge(written("sound", [sound])), judge(written("careless", [wrong]))
        assert set(worse.failed) - set(better.failed), worse
