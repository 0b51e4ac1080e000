from pathlib import Path

from ontogeny.job import Job
from ontogeny.known_studies import studies_of
from ontogeny.page.contents import page_of
from ontogeny.page.template import rendered
from ontogeny.plans import plans_of
from ontogeny.storage import read, write_text
from ontogeny.study import Places

job = Job(snakemake)
places = Places(job.spec["configuration"])
plans = plans_of(snakemake.config, studies_of(snakemake.config), places)
file = job.output("page")
page = page_of(
    job.spec,
    Path(file).parent,
    findings={name: plan.finding(read) for name, plan in plans.items()},
    claims=next(iter(job.read("claims")), None),
    atlas=job.read("atlas"),
)
write_text(rendered(page), file)
job.write_provenance([file], job.output("provenance"))
