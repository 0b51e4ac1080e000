ALL_CLAIMS = [
    plan.result(claims.name) for plan in PLANS.values() for claims in plan.claims()
]


for plan in PLANS.values():
    for claims in plan.claims():

        rule:
            name:
                f"{plan.study.name}_{claims.name}"
            input:
                joined=plan.result(claims.joined),
            output:
                claims=plan.result(claims.name),
            log:
                plan.log(claims.name),
            conda:
                "../../environment.yml"
            resources:
                **needs(1000, 10),
            params:
                spec={"module": claims.module, "study": claims.study},
                code=code_of("claims", plan.study, claims.modules),
            message:
                f"claims of {claims.study}"
            script:
                "../scripts/claims.py"


rule claims:
    """Join the verdicts of all studies."""
    input:
        claims=ALL_CLAIMS,
    output:
        claims=PLACES.result("claims"),
    log:
        PLACES.log("claims"),
    conda:
        "../../environment.yml"
    resources:
        **needs(600, 10),
    params:
        spec={},
        code=code_of("all_claims"),
    message:
        "claims of all studies"
    script:
        "../scripts/all_claims.py"
